"""What was played, by quarters of an hour: what each event of the journal changes in which quarter (docs/reports.md).

A figure belongs to the quarter its transaction was made in. A stake that is cancelled or refunded later leaves the quarter it
was made in, so most events are told by themselves, and the rest needs its round: as it stood before the event and after it. The
sum over all events is then the picture of all rounds, whatever is added up in which order.

Promotional stakes and what they won are counted apart, everywhere (the contract's overview, "turnover, winnings, GGR").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, Inexact
from functools import reduce
from operator import add, sub
from typing import Any, NamedTuple

from pitboss.domain.reports.game_figures import is_promotional

QUARTER = timedelta(minutes=15)
NO_GAME = 0
"""Stands for a game that is not known: wins are paid all the same."""
_EXACT = Context(prec=400, traps=[Inexact])
_ZERO = Decimal(0)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Bucket(NamedTuple):
    """Where figures are added up. `rated`: whether the transactions had a settle rate when they were made."""

    player_id: str
    quarter: datetime
    provider_id: int
    game_id: int
    currency: str
    rated: bool


class Figures(NamedTuple):
    """Minor units of the player's currency; `*_settled` are those times the transactions' own settle rates, exactly.

    `turnover`: stakes that stood; `winnings` leave out jackpots; `*_in_bonus`: the part that was bonus money. `rounds`: those whose
    first standing stake is here. `cancels`: transactions of here that were undone. Wins of nothing are no wins.
    """

    rounds: int = 0
    bets: int = 0
    turnover: int = 0
    turnover_in_bonus: int = 0
    wins: int = 0
    winnings: int = 0
    winnings_in_bonus: int = 0
    jackpots: int = 0
    jackpot_winnings: int = 0
    refunds: int = 0
    refunded: int = 0
    cancels: int = 0
    promo_bets: int = 0
    promo_winnings: int = 0
    turnover_settled: Decimal = _ZERO
    winnings_settled: Decimal = _ZERO
    jackpots_settled: Decimal = _ZERO
    promo_settled: Decimal = _ZERO

    @property
    def ggr_settled(self) -> Decimal:
        """Turnover less all winnings; promotional ones are counted apart."""
        return _EXACT.subtract(_EXACT.subtract(self.turnover_settled, self.winnings_settled), self.jackpots_settled)


SETTLED = 14
"""Where the settled figures begin."""
_ROUNDS, _BETS, _TURNOVER, _TURNOVER_IN_BONUS, _WINS, _WINNINGS, _WINNINGS_IN_BONUS, _JACKPOTS, _JACKPOT_WINNINGS = (
    range(9)
)
_PROMO_BETS, _PROMO_WINNINGS = SETTLED - 2, SETTLED - 1
_Tally = list[int]
"""The figures before the settled ones, while they are counted: of one bucket and one settle rate."""
NOTHING = Figures()


def plus(left: Figures, right: Figures) -> Figures:
    """Exact sums."""
    return Figures(*map(add, left[:SETTLED], right[:SETTLED]), *map(_EXACT.add, left[SETTLED:], right[SETTLED:]))


def _together(figures: Iterable[Figures]) -> Figures:
    """The exact sum of one at least, column by column."""
    columns = list(zip(*figures, strict=True))
    return Figures._make([*map(sum, columns[:SETTLED]), *(reduce(_EXACT.add, column) for column in columns[SETTLED:])])


def add_exact(left: Decimal, right: Decimal) -> Decimal:
    """A sum that is never rounded."""
    return _EXACT.add(left, right)


def times_exact(amount: int | Decimal, factor: Decimal) -> Decimal:
    """A product that is never rounded."""
    return _EXACT.multiply(Decimal(amount), factor)


def minus(left: Figures, right: Figures) -> Figures:
    """Exact differences."""
    return Figures(*map(sub, left[:SETTLED], right[:SETTLED]), *map(_EXACT.subtract, left[SETTLED:], right[SETTLED:]))


class Played(NamedTuple):
    """A BET, WIN, REFUND or the cancel of one, as the ledger holds it. `moved`, `bonus`: signed minor units, all of it and its
    bonus part; a wallet's `version`s are in the order things happened."""

    kind: str
    is_cancel: bool
    provider_tx_id: str
    version: int
    game_id: int | None
    moved: int
    bonus: int
    rate: Decimal | None
    reason: str | None
    campaign_code: str | None
    at: datetime
    free_returned: int = 0
    """Of a refund: how many free stakes it made whole."""


class Event(NamedTuple):
    """`played`, and whose it is. `round_bets`, `round_stands`: how many stakes its round had after it, and what of them was not
    given back; None where that is not known."""

    played: Played
    user_in_game: str
    provider_id: int
    round_id: str
    round_bets: int | None
    round_stands: int | None


Changes = dict[Bucket, Figures]


def quarter_of(at: datetime) -> datetime:
    """The beginning of the quarter of an hour `at` (UTC) is in."""
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def needs_round(event: Event) -> bool:
    """Whether what an event changes cannot be told without the rest of its round."""
    played = event.played
    if played.kind == "win":
        return played.is_cancel
    return played.kind != "bet" or played.is_cancel or _begins_round(event) is None


def _begins_round(event: Event) -> bool | None:
    """Whether a stake is the first of its round that stands; None when the event alone does not say."""
    if event.round_bets == 1:
        return True
    if event.round_stands is not None and event.round_stands > -event.played.moved:
        return False
    return None


def add_up(into: Changes, changes: Iterable[tuple[Bucket, Figures]]) -> None:
    """Add changes to those there are."""
    for bucket, figures in changes:
        known = into.get(bucket)
        into[bucket] = figures if known is None else plus(known, figures)


def changes_of_all(events: Iterable[Event]) -> Changes:
    """What events change that are told by themselves (not `needs_round`), added up: as integers until the end."""
    tallies: dict[tuple[str, datetime, int, int | None, Decimal | None], _Tally] = {}
    at = quarter = _LONG_AGO
    for event in events:
        played = event.played
        if played.at != at:
            at, quarter = played.at, quarter_of(played.at)
        key = event.user_in_game, quarter, event.provider_id, played.game_id, played.rate
        tally = tallies.get(key)
        if tally is None:
            tally = tallies[key] = [0] * SETTLED
        if played.kind == "bet":
            _count_stake(tally, played, -played.moved, -played.bonus, bool(_begins_round(event)))
        else:
            _count_win(tally, played)
    changes: Changes = {}
    add_up(changes, ((_bucket_of(*key), _figures(tally, key[-1])) for key, tally in tallies.items()))
    return changes


def changes_in_round(event: Event, round_: Sequence[Played]) -> list[tuple[Bucket, Figures]]:
    """What an event changes in its round, all of whose transactions up to it are in `round_`."""
    version = event.played.version
    after = picture(event, [played for played in round_ if played.version <= version])
    before = picture(event, [played for played in round_ if played.version < version])
    changed = ((bucket, minus(after.get(bucket, NOTHING), before.get(bucket, NOTHING))) for bucket in after | before)
    return [(bucket, figures) for bucket, figures in changed if figures != NOTHING]


def picture(whose: Event, round_: Sequence[Played]) -> Changes:
    """A round's figures as its transactions leave them."""
    found: Changes = {}
    canceled = {played.provider_tx_id for played in round_ if played.is_cancel}
    for played in sorted((played for played in round_ if not played.is_cancel), key=lambda played: played.version):
        bucket = _bucket(whose, played)
        if played.provider_tx_id in canceled:
            add_up(found, [(bucket, Figures(cancels=1))])
        elif played.kind == "win":
            tally = [0] * SETTLED
            _count_win(tally, played)
            add_up(found, [(bucket, _figures(tally, played.rate))])
        elif played.kind == "refund":
            add_up(found, [(bucket, Figures(refunds=1, refunded=played.moved))])
    first = True
    for stake in stakes_left(round_):
        if stake.left or stake.is_free:
            tally = [0] * SETTLED
            _count_stake(tally, stake.played, stake.left, stake.bonus_left, first)
            add_up(found, [(_bucket(whose, stake.played), _figures(tally, stake.played.rate))])
            first = False
    return found


@dataclass(slots=True)
class Stake:
    """A stake that was not cancelled, and what refunds have left of it; minor units, `bonus_left` the part that is bonus money."""

    played: Played
    left: int
    bonus_left: int
    free_returned: bool = False

    @property
    def is_free(self) -> bool:
        """A stake of nothing, or one that the player does not fund; as long as it stands."""
        return not self.played.moved and not self.free_returned


def stakes_left(round_: Sequence[Played]) -> list[Stake]:
    """What a round's transactions leave of its stakes, oldest first."""
    canceled = {played.provider_tx_id for played in round_ if played.is_cancel}
    stood = [played for played in round_ if not played.is_cancel and played.provider_tx_id not in canceled]
    stood.sort(key=lambda played: played.version)
    stakes = [Stake(played, -played.moved, -played.bonus) for played in stood if played.kind == "bet"]
    for played in stood:
        if played.kind == "refund":
            _give_back(stakes, played)
            _give_back_free(stakes, played)
    return stakes


def _give_back(stakes: Sequence[Stake], refund: Played) -> None:
    """A refund names its round, not its stake: it is of the newest stake of just that amount, else of the newest there were.
    What is more than they hold (one of them was cancelled since) is of the first that came after it."""
    earlier = [stake for stake in reversed(stakes) if stake.played.version < refund.version]
    same = [stake for stake in earlier if stake.left == refund.moved]
    later = [stake for stake in stakes if stake.played.version > refund.version]
    amount, bonus = refund.moved, refund.bonus
    for stake in same[:1] or [*earlier, *later]:
        taken = min(amount, stake.left)
        in_bonus = min(bonus, stake.bonus_left, taken)
        stake.left, stake.bonus_left = stake.left - taken, stake.bonus_left - in_bonus
        amount, bonus = amount - taken, bonus - in_bonus


def _give_back_free(stakes: Sequence[Stake], refund: Played) -> None:
    """Free stakes are all alike: the newest are given back first."""
    free = [
        stake for stake in stakes if stake.is_free and is_promotional(stake.played.reason, stake.played.campaign_code)
    ]
    earlier = [stake for stake in reversed(free) if stake.played.version < refund.version]
    later = [stake for stake in free if stake.played.version > refund.version]
    for stake in [*earlier, *later][: refund.free_returned]:
        stake.free_returned = True


def _bucket(whose: Event, played: Played) -> Bucket:
    return _bucket_of(whose.user_in_game, quarter_of(played.at), whose.provider_id, played.game_id, played.rate)


def _bucket_of(
    user_in_game: str, quarter: datetime, provider_id: int, game_id: int | None, rate: Decimal | None
) -> Bucket:
    player_id, _, currency = user_in_game.partition("-")
    return Bucket(player_id, quarter, provider_id, NO_GAME if game_id is None else game_id, currency, rate is not None)


def _count_stake(tally: _Tally, played: Played, amount: int, bonus: int, begins_round: bool) -> None:
    """Minor units of the stake that stand, not negative."""
    tally[_ROUNDS] += begins_round
    if is_promotional(played.reason, played.campaign_code):
        tally[_PROMO_BETS] += 1
        return
    tally[_BETS] += 1
    tally[_TURNOVER] += amount
    tally[_TURNOVER_IN_BONUS] += bonus


def _count_win(tally: _Tally, played: Played) -> None:
    amount = played.moved
    if "JACKPOT" in (played.reason or "").upper():
        tally[_JACKPOTS] += amount > 0
        tally[_JACKPOT_WINNINGS] += amount
    elif is_promotional(played.reason, played.campaign_code):
        tally[_PROMO_WINNINGS] += amount
    else:
        tally[_WINS] += amount > 0
        tally[_WINNINGS] += amount
        tally[_WINNINGS_IN_BONUS] += played.bonus


def _figures(tally: _Tally, rate: Decimal | None) -> Figures:
    amounts = tally[_TURNOVER], tally[_WINNINGS], tally[_JACKPOT_WINNINGS], tally[_PROMO_WINNINGS]
    return Figures._make([*tally, *(_settled(amount, rate) for amount in amounts)])


def _settled(amount: int, rate: Decimal | None) -> Decimal:
    return _ZERO if rate is None or not amount else _EXACT.multiply(Decimal(amount), rate)


def without_players(changes: Mapping[Bucket, Figures]) -> Changes:
    """The same by game alone."""
    of_game: dict[tuple[Any, ...], list[Figures]] = {}
    for bucket, figures in changes.items():
        of_game.setdefault(bucket[1:], []).append(figures)
    return {Bucket("", *key): _together(figures) for key, figures in of_game.items()}
