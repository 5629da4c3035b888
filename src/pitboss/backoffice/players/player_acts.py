"""What people do for and against one player: asked for with its name, then done by the functions the command line uses."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from pitboss.backoffice.acts import do, sure
from pitboss.backoffice.card import button
from pitboss.backoffice.form import buttons, choice, form, text_field
from pitboss.backoffice.office import Desk
from pitboss.backoffice.players.adjust_dialog import AdjustDialog
from pitboss.backoffice.players.limit_dialogs import away_dialog, limit_dialog
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Agent
from pitboss.domain.staff.rights import Right
from pitboss.domain.tags import MAX_NAME, MAX_TEXT, TagValue, read_tag_number
from pitboss.storage.players.support import PlayerSeen, block_player, end_sessions, set_tag

Work = Callable[[Desk], Awaitable[object]]
_TEXT, _NUMBER = "text", "number"


class PlayerActs:
    """The buttons of a player's page; none for those whose role does not allow what they do."""

    def __init__(self, visit: Visit, agent: Agent, player: PlayerSeen) -> None:
        self._visit = visit
        self._agent = agent
        self._player = player
        self._may_support = visit.who.may(Right.SUPPORT)

    def of_the_player(self) -> None:
        """Block, or let in again."""
        if not self._may_support:
            return
        if self._player.blocked:
            button("Unblock", self._unblock)
        else:
            button("Block", self._block, bad=True)

    def of_the_sessions(self, count: int) -> None:
        """Log out."""
        if self._may_support and count:
            button("Log out", partial(self._log_out, count), bad=True)

    def of_the_money(self) -> None:
        """Adjust a balance."""
        if self._visit.who.may(Right.MONEY):
            button("Adjust", AdjustDialog(self._visit, self._agent, self._player).open)

    def of_the_limits(self) -> None:
        """Set a limit, or a time away."""
        if self._may_support:
            button("Set a limit", partial(limit_dialog, self._visit, self._agent, self._player))
            button("Keep away", partial(away_dialog, self._visit, self._agent, self._player))

    def of_the_tags(self) -> None:
        """Add a tag."""
        if self._may_support:
            button("Set a tag", self._tag)

    def tag_removal(self, name: str) -> None:
        """Beside a tag: take it away."""
        if not self._may_support:
            return
        removal = ui.button(icon="close", on_click=partial(self._untag, name)).props("flat round dense size=xs")
        removal.props["aria-label"] = f"Take the tag {name} away"

    async def _do(self, work: Work, done: str) -> bool:
        return await do(self._visit, Right.SUPPORT, work, done, self._agent.id)

    async def _block(self) -> None:
        text = "No more stakes and no launches; wins of what was staked still come. Open games are told."
        if await sure(f"Block {self._player.username}?", text, "Block"):
            await self._do(partial(self._set_blocked, True), f"{self._player.username} is blocked.")

    async def _unblock(self) -> None:
        await self._do(partial(self._set_blocked, False), f"{self._player.username} may play again.")

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

        await self._do(work, f"{name} is logged out.")

    async def _tag(self) -> None:
        with form(f"A tag of {self._player.username}") as dialog:
            name = text_field("Tag", longest=MAX_NAME)
            kind = choice("Is a", {one: one for one in (_TEXT, _NUMBER)}, _TEXT)
            value = text_field("Value", longest=MAX_TEXT)

            async def save() -> bool:
                async def work(desk: Desk) -> None:
                    told: TagValue = read_tag_number("value", value.value) if kind.value == _NUMBER else value.value
                    await self._set_tag(name.value, told, desk)

                return await self._do(work, f"{self._player.username} has the tag {name.value}.")

            buttons(dialog, "Set the tag", save)

    async def _untag(self, name: str) -> None:
        owner = self._player.username
        if await sure(
            f"Take the tag {name} from {owner}?", "Segments that ask for it leave the player out.", "Take away"
        ):
            await self._do(partial(self._set_tag, name, None), f"{owner} has the tag {name} no more.")

    async def _set_tag(self, name: str, value: TagValue | None, desk: Desk) -> None:
        owner = self._player.username
        await set_tag(desk.conn, self._agent.id, owner, name, value, actor=desk.actor, now=desk.now)
