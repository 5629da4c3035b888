"""A player's hours for playerDailyReport: from the roll-ups, or of one round from its transactions."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from pitboss.domain.catalogue import Catalogue
from pitboss.domain.reports.daily import HourOfProvider
from pitboss.domain.reports.quarters import (
    Bucket,
    Changes,
    Event,
    Figures,
    Played,
    add_exact,
    add_up,
    picture,
    times_exact,
)
from pitboss.domain.reports.spans import HOUR as AN_HOUR
from pitboss.domain.reports.spans import quarters_between
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.reports.sums import HOUR, PROVIDER, Wanted, add_up_reports

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)


class HoursWanted(NamedTuple):
    """Whose, and when: None is all. `offset_min`: minutes the agent's clock is ahead of UTC. `base`: its base currency."""

    player_id: str
    game_id: int | None
    round_id: str | None
    since: datetime | None
    until: datetime | None
    offset_min: int
    base: str


async def player_hours(
    conn: Connection, catalogue: Catalogue, agent_id: int, wanted: HoursWanted
) -> list[HourOfProvider]:
    """Hours by provider, in no order. Needs a transaction of the tenant in one snapshot."""
    start, end = quarters_between(max(wanted.since or _FIRST, _FIRST), min(wanted.until or _LAST, _LAST))
    origin = _FIRST - timedelta(minutes=wanted.offset_min)
    if wanted.round_id is not None:
        changes = await _of_round(conn, agent_id, wanted.player_id, wanted.round_id)
        mine = {
            bucket: figures
            for bucket, figures in changes.items()
            if start <= bucket.quarter < end and wanted.game_id in (None, bucket.game_id)
        }
        return [_hour(catalogue, bucket, figures, origin, wanted.base) for bucket, figures in mine.items()]
    rows = await add_up_reports(
        conn,
        agent_id,
        Wanted(
            start,
            end,
            (HOUR, PROVIDER),
            wanted.base,
            origin=origin,
            player_id=wanted.player_id,
            game_id=wanted.game_id,
            minor=False,
            counts=("promo_bets",),
        ),
    )
    return [
        HourOfProvider(
            row.keys[0],
            row.keys[1],
            row.base["turnover"],
            add_exact(row.base["winnings"], row.base["jackpot_winnings"]),
            row.base["promo_winnings"],
            row.counts["promo_bets"],
        )
        for row in rows
    ]


async def _of_round(conn: Connection, agent_id: int, player_id: str, round_id: str) -> Changes:
    """The figures of every round of that id the player was in."""
    rows = await conn.fetch(statements.sql("quarters/round_of_player"), agent_id, player_id, round_id)
    rounds: dict[tuple[str, int], list[Played]] = {}
    for (
        user_in_game,
        provider_id,
        kind,
        is_cancel,
        tx_id,
        version,
        game_id,
        real,
        bonus,
        rate,
        reason,
        code,
        at,
        free,
    ) in rows:
        played = Played(kind, is_cancel, tx_id, version, game_id, real + bonus, bonus, rate, reason, code, at, free)
        rounds.setdefault((user_in_game, provider_id), []).append(played)
    changes: Changes = {}
    for (user_in_game, provider_id), round_ in rounds.items():
        whose = Event(round_[0], user_in_game, provider_id, round_id, None, None)
        add_up(changes, picture(whose, round_).items())
    return changes


def _hour(catalogue: Catalogue, bucket: Bucket, figures: Figures, origin: datetime, base: str) -> HourOfProvider:
    scale = catalogue.currencies[bucket.currency].scale
    minor: Sequence[Decimal]
    if bucket.rated:
        turnover, winnings = figures.turnover_settled, add_exact(figures.winnings_settled, figures.jackpots_settled)
        minor = (turnover, winnings, figures.promo_settled)
    else:
        rate = catalogue.rate(bucket.currency, base, bucket.quarter) or Decimal(0)
        amounts = figures.turnover, figures.winnings + figures.jackpot_winnings, figures.promo_winnings
        minor = [times_exact(amount, rate) for amount in amounts]
    begin = bucket.quarter - (bucket.quarter - origin) % AN_HOUR
    turnover, winnings, promo = (times_exact(amount, Decimal(1).scaleb(-scale)) for amount in minor)
    return HourOfProvider(begin, bucket.provider_id, turnover, winnings, promo, figures.promo_bets)
