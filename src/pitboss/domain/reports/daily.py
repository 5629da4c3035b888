"""playerDailyReport: a player's hours in the agent's base currency (the agent API, "playerDailyReport")."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact
from typing import NamedTuple

from pitboss.domain.catalogue import ProviderTerms

DECIMALS = 10
_EXACT = Context(prec=400, traps=[Inexact])
_ROUNDED = Context(prec=400)
_ZERO = Decimal(0)
_NO_TERMS = ProviderTerms(False, _ZERO, _ZERO, _ZERO)


class HourOfProvider(NamedTuple):
    """What a player did at one provider in one hour (its beginning, UTC). Base currency, exact; `winnings` hold jackpots."""

    hour: datetime
    provider_id: int
    turnover: Decimal
    winnings: Decimal
    promo_winnings: Decimal
    promo_bets: int


class DailyLine(NamedTuple):
    """One hour, exact, in the document's words."""

    hour: datetime
    player_win_loss: Decimal
    valid_turn_over: Decimal
    agent_win_loss: Decimal
    agent_commission: Decimal
    agent_contribution: Decimal
    player_free_round: Decimal
    free_round_count: int


def daily_lines(hours: Iterable[HourOfProvider], terms: Mapping[int, ProviderTerms]) -> list[DailyLine]:
    """One line an hour, newest first. Free rounds are no win, loss or turnover; the agent's figures follow its terms with each
    provider; hours of nothing but what was undone are left out."""
    lines: dict[datetime, DailyLine] = {}
    for of in hours:
        line = _line(of, terms.get(of.provider_id, _NO_TERMS))
        known = lines.get(of.hour)
        lines[of.hour] = line if known is None else _plus(known, line)
    found = [lines[hour] for hour in sorted(lines, reverse=True)]
    return [line for line in found if any(line[1:])]


def _line(of: HourOfProvider, terms: ProviderTerms) -> DailyLine:
    won = _EXACT.subtract(of.winnings, of.turnover)
    return DailyLine(
        of.hour,
        won,
        of.turnover,
        _EXACT.multiply(won.copy_negate(), terms.share),
        _EXACT.multiply(of.turnover, terms.commission_rate),
        _EXACT.multiply(of.turnover.copy_negate(), terms.contribution_rate),
        of.promo_winnings,
        of.promo_bets,
    )


def _plus(left: DailyLine, right: DailyLine) -> DailyLine:
    return DailyLine(
        left.hour,
        _EXACT.add(left.player_win_loss, right.player_win_loss),
        _EXACT.add(left.valid_turn_over, right.valid_turn_over),
        _EXACT.add(left.agent_win_loss, right.agent_win_loss),
        _EXACT.add(left.agent_commission, right.agent_commission),
        _EXACT.add(left.agent_contribution, right.agent_contribution),
        _EXACT.add(left.player_free_round, right.player_free_round),
        left.free_round_count + right.free_round_count,
    )


def rounded(value: Decimal) -> Decimal:
    """As it is shown: half-even, once, to DECIMALS places."""
    return value.quantize(Decimal(1).scaleb(-DECIMALS), ROUND_HALF_EVEN, _ROUNDED)
