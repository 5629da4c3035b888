"""The dialogs that set a player's own limits, and the time it stays away. The rules are the domain's: stricter holds at once."""

from collections.abc import Callable
from datetime import datetime

from nicegui import ui

from pitboss.backoffice.acts import do, sure
from pitboss.backoffice.form import buttons, choice, form, text_field
from pitboss.backoffice.office import Desk
from pitboss.backoffice.times import read_time
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Agent
from pitboss.domain.limits.entry import NONE, read_limit, read_until
from pitboss.domain.limits.player_limits import LimitKind, Period, PlayerLimits
from pitboss.domain.staff.rights import Right
from pitboss.storage.players.support import PlayerSeen, change_limits

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
    currencies = {code: code for code in sorted(agent.currencies)}
    with form(f"A limit for {player.username}") as dialog:
        kind = choice("Of", _KINDS, LimitKind.DEPOSIT.value)
        period = choice("In", _PERIODS, Period.DAY.value)
        most = text_field("At most (empty: no limit)", longest=32).props("inputmode=decimal")
        currency = choice("Currency", currencies, agent.base_currency.code)
        currency.bind_visibility_from(kind, "value", lambda chosen: chosen != LimitKind.SESSION_TIME.value)
        ui.label(_LOOSER).classes("quiet text-sm")

        async def save() -> bool:
            def change(limits: PlayerLimits, now: datetime) -> PlayerLimits:
                asked = LimitKind(kind.value)
                unit = agent.currencies[currency.value]
                name, value = read_limit("amount", asked, period.value, most.value.strip() or NONE, unit)
                return limits.set_limit(name, value, now)

            return await _set(visit, agent, player, change)

        buttons(dialog, "Set the limit", save)


def away_dialog(visit: Visit, agent: Agent, player: PlayerSeen) -> None:
    """Until when the player stays away; empty asks for an end of it."""
    with form(f"Keep {player.username} away") as dialog:
        kind = choice("As", {one: one for one in (_COOL_OFF, _EXCLUSION)}, _COOL_OFF)
        until = text_field("Until (empty: no longer)").props("stack-label type=datetime-local")
        ui.label(f"In your own time. No stakes and no launches until then. {_LOOSER}").classes("quiet text-sm")

        async def save() -> bool:
            entered, exclusion = until.value or "", kind.value == _EXCLUSION
            if entered and not await sure(
                f"Keep {player.username} away until {entered.replace('T', ' ')}?",
                f"As {kind.value}. It cannot be ended sooner than in 24 hours.", "Keep away",
            ):  # fmt: skip
                return False

            def change(limits: PlayerLimits, now: datetime) -> PlayerLimits:
                end = read_until("until", NONE if not entered else read_time(visit, "until", entered).isoformat(), now)
                return limits.set_self_exclusion(end, now) if exclusion else limits.set_cool_off(end, now)

            return await _set(visit, agent, player, change)

        buttons(dialog, "Set", save)


async def _set(visit: Visit, agent: Agent, player: PlayerSeen, change: Change) -> bool:
    async def work(desk: Desk) -> None:
        def made(limits: PlayerLimits) -> PlayerLimits:
            return change(limits, desk.now)

        await change_limits(desk.conn, agent.id, player.username, made, actor=desk.actor, now=desk.now)

    return await do(visit, Right.SUPPORT, work, f"The limits of {player.username} are set.", agent.id)
