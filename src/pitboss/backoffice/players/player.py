"""One player: what it has, may, plays and did, and what support does for and against it."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from nicegui import ui

from pitboss.backoffice.card import card, table
from pitboss.backoffice.facts import facts
from pitboss.backoffice.frame import frame
from pitboss.backoffice.grid import Cell, Column, amount, at
from pitboss.backoffice.office import Missing, Office
from pitboss.backoffice.page import page
from pitboss.backoffice.paths import rounds_path
from pitboss.backoffice.players.player_acts import PlayerActs
from pitboss.backoffice.visit import Visit, utc
from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.limits.player_limits import Held, LimitKind, LimitName
from pitboss.domain.limits.use import used
from pitboss.domain.money import Currency, format_decimal
from pitboss.domain.tags import TagValue
from pitboss.storage.bonuses.given import BonusSeen
from pitboss.storage.events.reading import Insight
from pitboss.storage.play.history import Happened
from pitboss.storage.players.limits import Limited
from pitboss.storage.players.support import PlayerSeen
from pitboss.storage.players.whole import PlayerWhole, read_whole_player

_PLAYER_ID = re.compile(r"[a-z0-9]{16}")
_RECENT = 25
_SAID: Final = {"username", "tags", "is_blocked", "operator", "registration_date"}
"""Members of the event profile that the page says anyway."""
_MOST_BONUSES = 20
_WALLETS = (
    Column("currency", "Currency"),
    Column("real", "Real money", right=True),
    Column("bonus", "Bonus money", right=True),
)
_LIMITS = (
    Column("kind", "Limit"), Column("period", "Period"), Column("limit", "At most", right=True), Column("used", "Used", right=True),
    Column("later", "Later"),
)  # fmt: skip
_SESSIONS = (
    Column("game", "Game"), Column("provider", "Studio"), Column("currency", "Currency"), Column("began", "Began"),
    Column("until", "At the latest until"),
)  # fmt: skip
_BONUSES = (
    Column("name", "Bonus"), Column("code", "Code"), Column("state", "State"), Column("stakes", "Free stakes", right=True),
    Column("balance", "Bonus money", right=True), Column("wagering", "To wager", right=True), Column("given", "Given"),
    Column("ends", "Ends"),
)  # fmt: skip
_RECENTLY = (
    Column("at", "When"), Column("what", "What"), Column("game", "Game"), Column("round", "Round"),
    Column("amount", "Amount", right=True), Column("bonus", "Bonus money", right=True),
    Column("after", "Balance after", right=True),
)  # fmt: skip
_FIGURES = (
    Column("currency", "Currency"), Column("bets", "Bets", right=True), Column("turnover", "Turnover", right=True),
    Column("winnings", "Winnings", right=True), Column("ggr", "GGR", right=True), Column("deposited", "Deposited", right=True),
    Column("withdrawn", "Withdrawn", right=True),
)  # fmt: skip
_FAVOURITES = (
    Column("game", "Game"), Column("bets", "Bets", right=True), Column("turnover", "Turnover", right=True),
)  # fmt: skip
_KINDS: Final = {
    LimitKind.DEPOSIT: "deposits", LimitKind.WAGER: "stakes", LimitKind.LOSS: "losses", LimitKind.SESSION_TIME: "time of play",
}  # fmt: skip


def pages(office: Office) -> None:
    """`/agents/…/players/…`."""

    @page(office, "/agents/{agent_id:int}/players/{player_id}")
    async def player(visit: Visit, agent_id: int, player_id: str) -> None:
        agent = office.agent(visit.who, agent_id)
        now = office.hub.clock()
        known = await _read(office, agent, player_id, now)
        acts = PlayerActs(visit, agent, known.player)
        with frame(visit, known.player.username, agent):
            _head(visit, agent, known, now, acts)
            with ui.element("div").classes("halves"):
                _money(agent, known.player, acts)
                _tags(known.tags, acts)
            _limits(visit, known.limited, now, acts)
            _sessions(visit, known.player, acts)
            _bonuses(visit, known)
            _recently(visit, agent, known)
            _profile(visit, known.insight)


async def _read(office: Office, agent: Agent, player_id: str, now: datetime) -> PlayerWhole:
    known = None
    if _PLAYER_ID.fullmatch(player_id) is not None:
        known = await read_whole_player(office.hub.database, agent.id, player_id, now, _RECENT)
    if known is None:
        raise Missing(f"{agent.name} has no such player.")
    return known


def _head(visit: Visit, agent: Agent, known: PlayerWhole, now: datetime, acts: PlayerActs) -> None:
    player, limits = known.player, known.limited.limits
    blocked = Cell("blocked: no stakes, no launches; wins still come", tone="bad")
    with card("Player") as head:
        facts({
            "State": blocked if player.blocked else Cell("active", tone="good"),
            "Cools off until": _until(visit, limits.cool_off_until, now),
            "Excluded itself until": _until(visit, limits.self_excluded_until, now),
            "Player id": Cell(player.player_id, tone="mono"),
            "Shown as": Cell(player.display_name or ""),
            "Country": Cell(player.country),
            "Came": at(visit, player.created_at),
            "Played": Cell("all of its rounds", href=rounds_path(agent.id, player=player.username)),
        })  # fmt: skip
    with head:
        acts.of_the_player()


def _until(visit: Visit, held: Held[datetime], now: datetime) -> Cell:
    end = held.at(now)
    if end.value is None or end.value <= now:
        return Cell("")
    text = visit.moment(end.value)
    if end.pending is not None:
        sooner = "not at all" if end.pending.value is None else f"until {visit.moment(end.pending.value)}"
        text += f" (as of {visit.moment(end.pending.since)}: {sooner})"
    return Cell(text, utc(end.value), tone="warn")


def _money(agent: Agent, player: PlayerSeen, acts: PlayerActs) -> None:
    if agent.type is not AgentType.TRANSFER:
        with card("Wallets"):
            ui.label(
                "This agent keeps its players' money itself: balances are in its own wallet, and are put right there."
            ).classes("quiet text-sm")
            facts({"Plays in": Cell(", ".join(wallet.currency for wallet in player.wallets))})
        return
    rows = []
    for wallet in player.wallets:
        currency = Currency(wallet.currency, wallet.scale)
        real, bonus = amount(wallet.balance, currency, signed=True), amount(wallet.bonus_balance, currency)
        rows.append({"currency": Cell(wallet.currency), "real": real, "bonus": bonus})
    with card("Wallets") as head:
        table(_WALLETS, rows, "No wallet yet: the first deposit opens one.")
    with head:
        acts.of_the_money()


def _tags(tags: Mapping[str, TagValue], acts: PlayerActs) -> None:
    with card("Tags") as head:
        if not tags:
            ui.label("No tags.").classes("quiet text-sm")
        with ui.row().classes("gap-2"):
            for name, value in tags.items():
                with ui.element("div").classes("tag"):
                    ui.label(name).classes("font-semibold")
                    ui.label(format_decimal(value) if isinstance(value, Decimal) else value)
                    acts.tag_removal(name)
    with head:
        acts.of_the_tags()


def _limits(visit: Visit, limited: Limited, now: datetime, acts: PlayerActs) -> None:
    held = sorted(limited.limits.limits.items())
    rows = [_limit(visit, limited, name, limit.at(now), now) for name, limit in held if not limit.at(now).empty]
    with card("Limits") as head:
        table(_LIMITS, rows, "No limits.")
    with head:
        acts.of_the_limits()


def _limit(visit: Visit, limited: Limited, name: LimitName, held: Held[int], now: datetime) -> dict[str, Cell]:
    def told(value: int | None) -> Cell:
        if value is None:
            return Cell("none")
        if not name.currency:
            return Cell(f"{value:,} min")
        return amount(value, visit.office.hub.live.current.currencies[name.currency])

    uses = [use for code, use in limited.uses.items() if name.currency in ("", code)]
    count = used(uses, name.kind, name.period, now)
    over = held.value is not None and count >= held.value
    later = held.pending
    return {
        "kind": Cell(_KINDS[name.kind]),
        "period": Cell(f"a {name.period.value}"),
        "limit": told(held.value),
        "used": Cell(told(count).text, tone="bad" if over else ""),
        "later": Cell("" if later is None else f"{told(later.value).text} from {visit.moment(later.since)}"),
    }


def _sessions(visit: Visit, player: PlayerSeen, acts: PlayerActs) -> None:
    games = visit.office.hub.live.current.games_by_code
    rows = [
        {
            "game": Cell("a lobby" if one.game is None else games[one.game].name if one.game in games else one.game),
            "provider": Cell(one.provider),
            "currency": Cell(one.currency),
            "began": at(visit, one.created_at),
            "until": at(visit, one.expires_at),
        }
        for one in player.sessions
    ]
    with card("Open sessions") as head:
        table(_SESSIONS, rows, "Nothing is open.")
    with head:
        acts.of_the_sessions(len(rows))


def _bonuses(visit: Visit, known: PlayerWhole) -> None:
    over = known.over[:_MOST_BONUSES]
    with card("Bonuses"):
        table(_BONUSES, [_bonus(visit, one) for one in (*known.active, *over)], "No bonuses in the last year.")
        if len(over) < len(known.over):
            ui.label(f"The newest {_MOST_BONUSES} of those that are over.").classes("quiet text-sm")


def _bonus(visit: Visit, one: BonusSeen) -> dict[str, Cell]:
    currency = visit.office.hub.live.current.currencies[one.currency]
    active = one.state == "active"
    return {
        "name": Cell(one.name, hint=one.template),
        "code": Cell(one.code, tone="mono"),
        "state": Cell(one.state, tone="good" if active else "quiet"),
        "stakes": Cell(f"{one.used} of {one.stakes}" if one.stakes else ""),
        "balance": amount(one.balance, currency),
        "wagering": amount(one.remaining_wagering, currency) if active and one.required else Cell(""),
        "given": at(visit, one.created_at),
        "ends": at(visit, one.expires_at if active else one.closed_at),
    }


def _recently(visit: Visit, agent: Agent, known: PlayerWhole) -> None:
    rows = [_happened(visit, agent, known.player, one) for one in known.happened]
    with card("Recently"):
        table(_RECENTLY, rows, "Nothing happened to its money yet.")


def _happened(visit: Visit, agent: Agent, player: PlayerSeen, one: Happened) -> dict[str, Cell]:
    currency = Currency(one.currency, one.scale)
    game = None if one.game_id is None else visit.office.hub.live.current.games.get(one.game_id)
    round_ = Cell("")
    if one.round_id is not None:
        href = rounds_path(agent.id, player=player.username, round=one.round_id)
        round_ = Cell(one.round_id, href=href, tone="mono")
    return {
        "at": at(visit, one.at),
        "what": _what(one),
        "game": Cell("" if game is None else game.name),
        "round": round_,
        "amount": amount(one.real_amount, currency, signed=True),
        "bonus": amount(one.bonus_amount, currency, signed=True) if one.bonus_amount else Cell(""),
        "after": amount(one.balance_after, currency),
    }


def _what(one: Happened) -> Cell:
    if one.is_adjustment:
        return Cell(f"adjustment: {one.reason}", hint=one.provider_tx_id)
    return Cell(f"{one.kind} undone" if one.is_cancel and one.kind != "cancel" else one.kind, hint=one.provider_tx_id)


def _profile(visit: Visit, insight: Insight | None) -> None:
    with card("What its events say"):
        if insight is None:
            ui.label("No event has told of this player yet.").classes("quiet text-sm")
            return
        facts({
            **{name.replace("_", " "): Cell(_member(insight.members[name])) for name in sorted(insight.members.keys() - _SAID)},
            "first seen": at(visit, insight.first_seen),
            "last seen": at(visit, insight.last_seen),
            "last login": at(visit, insight.last_login),
        })  # fmt: skip
        rows = []
        for figure in insight.figures:
            sums = {name: Cell(_sum(figure.sums[name])) for name in figure.sums}
            rows.append({"currency": Cell(figure.currency)} | sums)
        table(_FIGURES, rows, "No figures yet.")
        games = visit.office.hub.live.current.games_by_code
        favourites = [
            {
                "game": Cell(games[code].name if code in games else code),
                "bets": Cell(f"{bets:,}"),
                "turnover": Cell(f"{_sum(turnover)} {currency}"),
            }
            for code, currency, bets, turnover in insight.favourites
        ]
        if favourites:
            ui.label("What it plays most").classes("quiet text-sm")
            table(_FAVOURITES, favourites, "")


def _member(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_member(one) for one in value)
    return "" if value is None else str(value)


def _sum(value: int | Decimal) -> str:
    """A count, or an exact amount of major units."""
    if isinstance(value, int):
        return f"{value:,}"
    whole, point, decimals = format_decimal(value).partition(".")
    return f"{int(whole):,}{point}{decimals}" if whole not in ("-0",) else f"-0{point}{decimals}"
