"""What people do for and against one player: asked for with its name, then done by the functions the command line uses."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from pitboss.backoffice.acts import act, sure
from pitboss.backoffice.office import Desk
from pitboss.backoffice.players.adjust_dialog import AdjustDialog
from pitboss.backoffice.players.limit_dialogs import away_dialog, limit_dialog
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Agent
from pitboss.domain.staff.rights import Right
from pitboss.domain.tags import MAX_NAME, MAX_TEXT, TagValue, read_tag_number
from pitboss.storage.support import PlayerSeen, block_player, end_sessions, set_tag

Work = Callable[[Desk], Awaitable[object]]
_TEXT, _NUMBER = "text", "number"


class PlayerActs:
    """The buttons of a player's page; none for those whose role does not allow what they do."""

    def __init__(self, visit: Visit, agent: Agent, player: PlayerSeen) -> None:
        self._visit = visit
        self._agent = agent
        self._player = player
        self._may_support = visit.who.may(Right.SUPPORT)

    def of_the_player(self) -> list[ui.element]:
        """Block, or let in again."""
        if not self._may_support:
            return []
        if self._player.blocked:
            return [self._button("Unblock", self._unblock)]
        return [self._button("Block", self._block, danger=True)]

    def of_the_sessions(self, count: int) -> list[ui.element]:
        """Log out."""
        if not (self._may_support and count):
            return []
        return [self._button("Log out", partial(self._log_out, count), danger=True)]

    def of_the_money(self) -> list[ui.element]:
        """Adjust a balance."""
        if not self._visit.who.may(Right.MONEY):
            return []
        return [self._button("Adjust", AdjustDialog(self._visit, self._agent, self._player).open)]

    def of_the_limits(self) -> list[ui.element]:
        """Set a limit, or a time away."""
        if not self._may_support:
            return []
        limit = partial(limit_dialog, self._visit, self._agent, self._player)
        away = partial(away_dialog, self._visit, self._agent, self._player)
        return [self._button("Set a limit", limit), self._button("Keep away", away)]

    def of_the_tags(self) -> list[ui.element]:
        """Add a tag."""
        return [self._button("Set a tag", self._tag)] if self._may_support else []

    def tag_removal(self, name: str) -> None:
        """Beside a tag: take it away."""
        if not self._may_support:
            return
        button = ui.button(icon="close", on_click=partial(self._untag, name)).props("flat round dense size=xs")
        button.props["aria-label"] = f"Take the tag {name} away"

    @staticmethod
    def _button(label: str, on_click: Callable[[], object], danger: bool = False) -> ui.element:
        color = " color=negative" if danger else ""
        return ui.button(label, on_click=on_click).props(f"flat no-caps dense{color}")

    async def _done(self, work: Work, done: str) -> None:
        if await act(self._visit, Right.SUPPORT, work, done, self._agent.id):
            ui.navigate.to(str(self._visit.url))

    async def _block(self) -> None:
        text = "No more stakes and no launches; wins of what was staked still come. Open games are told."
        if await sure(f"Block {self._player.username}?", text, "Block"):
            await self._done(partial(self._set_blocked, True), f"{self._player.username} is blocked.")

    async def _unblock(self) -> None:
        await self._done(partial(self._set_blocked, False), f"{self._player.username} may play again.")

    async def _set_blocked(self, blocked: bool, desk: Desk) -> None:
        name = self._player.username
        await block_player(desk.conn, self._agent.id, name, blocked, actor=desk.actor, now=desk.now)

    async def _log_out(self, count: int) -> None:
        sessions = "one open session ends" if count == 1 else f"{count} open sessions end"
        text = f"Its {sessions}: no more stakes; wins of what was staked still come."
        name = self._player.username
        if not await sure(f"Log {name} out?", text, "Log out"):
            return

        async def work(desk: Desk) -> None:
            await end_sessions(desk.conn, self._agent.id, name, "support", actor=desk.actor, now=desk.now)

        await self._done(work, f"{name} is logged out.")

    async def _tag(self) -> None:
        with ui.dialog() as dialog, ui.card().classes("ask"):
            ui.label(f"A tag of {self._player.username}").classes("ask-title")
            name = ui.input("Tag").props(f"outlined dense maxlength={MAX_NAME}").classes("w-full")
            kind = ui.select([_TEXT, _NUMBER], value=_TEXT, label="Is a").props("outlined dense").classes("w-full")
            value = ui.input("Value").props(f"outlined dense maxlength={MAX_TEXT}").classes("w-full")

            async def save() -> None:
                async def work(desk: Desk) -> None:
                    told: TagValue = read_tag_number("value", value.value) if kind.value == _NUMBER else value.value
                    await self._set_tag(name.value, told, desk)

                await self._done(work, f"{self._player.username} has the tag {name.value}.")

            with ui.row().classes("ask-buttons"):
                ui.button("Cancel", on_click=dialog.close).props("flat no-caps color=grey-8")
                ui.button("Set the tag", on_click=save).props("unelevated no-caps")
        dialog.open()

    async def _untag(self, name: str) -> None:
        owner = self._player.username
        if await sure(
            f"Take the tag {name} from {owner}?", "Segments that ask for it leave the player out.", "Take away"
        ):
            await self._done(partial(self._set_tag, name, None), f"{owner} has the tag {name} no more.")

    async def _set_tag(self, name: str, value: TagValue | None, desk: Desk) -> None:
        owner = self._player.username
        await set_tag(desk.conn, self._agent.id, owner, name, value, actor=desk.actor, now=desk.now)
