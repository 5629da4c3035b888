"""The dialogs that set a player's own limits, and the time it stays away. The rules are the domain's: stricter holds at once."""

from collections.abc import Callable
from datetime import UTC, datetime

from nicegui import ui

from pitboss.backoffice.acts import act, sure
from pitboss.backoffice.form import buttons
from pitboss.backoffice.office import Desk
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Agent
from pitboss.domain.invalid import Invalid
from pitboss.domain.limits.entry import NONE, read_limit, read_until
from pitboss.domain.limits.player_limits import LimitKind, Period, PlayerLimits
from pitboss.domain.staff.rights import Right
from pitboss.storage.support import PlayerSeen, change_limits

_KINDS = {
    LimitKind.DEPOSIT.value: "deposits", LimitKind.WAGER.value: "stakes", LimitKind.LOSS.value: "losses",
    LimitKind.SESSION_TIME.value: "minutes of play",
}  # fmt: skip
_PERIODS = {period.value: f"a {period.value}" for period in Period}
_COOL_OFF, _EXCLUSION = "cool-off", "self-exclusion"
_LOOSER = "Stricter holds at once, looser in 24 hours."

Change = Callable[[PlayerLimits, datetime], PlayerLimits]


def limit_dialog(visit: Visit, agent: Agent, player: PlayerSeen) -> None:
    """One limit of money or time; empty asks for none."""
    currencies = sorted(agent.currencies)
    with ui.dialog() as dialog, ui.card().classes("ask"):
        ui.label(f"A limit for {player.username}").classes("ask-title")
        kind = ui.select(_KINDS, value=LimitKind.DEPOSIT.value, label="Of").props("outlined dense").classes("w-full")
        period = ui.select(_PERIODS, value=Period.DAY.value, label="In").props("outlined dense").classes("w-full")
        most = (
            ui.input("At most (empty: no limit)")
            .props("outlined dense maxlength=32 inputmode=decimal")
            .classes("w-full")
        )
        currency = ui.select(currencies, value=agent.base_currency.code, label="Currency").props("outlined dense")
        currency.classes("w-full").bind_visibility_from(
            kind, "value", value=lambda chosen: chosen != LimitKind.SESSION_TIME.value
        )
        ui.label(_LOOSER).classes("quiet text-sm")

        async def save() -> None:
            def change(limits: PlayerLimits, now: datetime) -> PlayerLimits:
                asked = LimitKind(kind.value)
                unit = agent.currencies[currency.value]
                name, value = read_limit("amount", asked, period.value, most.value.strip() or NONE, unit)
                return limits.set_limit(name, value, now)

            await _set(visit, agent, player, change, dialog)

        buttons(dialog, "Set the limit", save)
    dialog.open()


def away_dialog(visit: Visit, agent: Agent, player: PlayerSeen) -> None:
    """Until when the player stays away; empty asks for an end of it."""
    with ui.dialog() as dialog, ui.card().classes("ask"):
        ui.label(f"Keep {player.username} away").classes("ask-title")
        kind = ui.select([_COOL_OFF, _EXCLUSION], value=_COOL_OFF, label="As").props("outlined dense").classes("w-full")
        until = (
            ui.input("Until (empty: no longer)")
            .props("outlined dense stack-label type=datetime-local")
            .classes("w-full")
        )
        ui.label(f"In your own time. No stakes and no launches until then. {_LOOSER}").classes("quiet text-sm")

        async def save() -> None:
            entered, exclusion = until.value or "", kind.value == _EXCLUSION
            if entered and not await sure(
                f"Keep {player.username} away until {entered.replace('T', ' ')}?",
                f"As {kind.value}. It cannot be ended sooner than in 24 hours.", "Keep away",
            ):  # fmt: skip
                return

            def change(limits: PlayerLimits, now: datetime) -> PlayerLimits:
                end = read_until("until", _with_zone(visit, entered), now)
                return limits.set_self_exclusion(end, now) if exclusion else limits.set_cool_off(end, now)

            await _set(visit, agent, player, change, dialog)

        buttons(dialog, "Set", save)
    dialog.open()


def _with_zone(visit: Visit, entered: str) -> str:
    if not entered:
        return NONE
    try:
        return datetime.fromisoformat(entered).replace(tzinfo=visit.zone).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise Invalid("until", "must be a day and a time") from None


async def _set(visit: Visit, agent: Agent, player: PlayerSeen, change: Change, dialog: ui.dialog) -> None:
    async def work(desk: Desk) -> None:
        def made(limits: PlayerLimits) -> PlayerLimits:
            return change(limits, desk.now)

        await change_limits(desk.conn, agent.id, player.username, made, actor=desk.actor, now=desk.now)

    if await act(visit, Right.SUPPORT, work, f"The limits of {player.username} are set.", agent.id):
        dialog.close()
        ui.navigate.to(str(visit.url))
