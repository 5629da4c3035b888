"""What games return, told in words: against what they should, with the band that chance leaves a sound one (docs/rtp.md)."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from pitboss.backoffice.grid import Cell, Column, Tone
from pitboss.backoffice.visit import money
from pitboss.domain.catalogue import Catalogue
from pitboss.domain.money import format_decimal
from pitboss.domain.reports.rtp import Verdict
from pitboss.engine.game_figures import GameReturn

COLUMNS: Final = (
    Column("rounds", "Rounds", right=True), Column("staked", "Staked", right=True), Column("theory", "Theoretical RTP", right=True),
    Column("actual", "Actual RTP", right=True), Column("band", "Band of chance", right=True), Column("verdict", "Verdict"),
)  # fmt: skip
WORDS: Final[Mapping[Verdict, tuple[str, Tone, str]]] = {
    Verdict.TOO_HIGH: ("pays too much", "bad", "Outside of what chance explains: it looks broken, or its list tells another RTP."),
    Verdict.TOO_LOW: ("pays too little", "bad", "Outside of what chance explains: it looks broken, or its list tells another RTP."),
    Verdict.OK: ("pays as it should", "good", "Inside of the band that chance leaves a sound game in its whole life (99.9 %)."),
    Verdict.TOO_FEW: ("too early to say", "quiet", "Less than a thousand rounds' worth of play."),
    Verdict.UNKNOWN: ("no RTP told", "quiet", "Its studio has told no theoretical RTP."),
}  # fmt: skip
BROKEN: Final = frozenset({Verdict.TOO_HIGH, Verdict.TOO_LOW})
_NONE = Cell("–", tone="quiet")


def by_game(lines: Iterable[GameReturn]) -> dict[int, list[GameReturn]]:
    """The lines of each game, by its id; several where a currency has no rate."""
    found: dict[int, list[GameReturn]] = {}
    for line in lines:
        found.setdefault(line.game.id, []).append(line)
    return found


def cells(catalogue: Catalogue, theoretical: Decimal | None, line: GameReturn | None) -> dict[str, Cell]:
    """What one line says; None: nothing was played."""
    told = {
        "theory": _NONE if theoretical is None else Cell(_percent(theoretical), hint=f"{format_decimal(theoretical)}%")
    }
    if line is None:
        unplayed = Cell("was not played", tone="quiet")
        return told | {"rounds": Cell("0"), "staked": _NONE, "actual": _NONE, "band": _NONE, "verdict": unplayed}
    words, tone, why = WORDS[line.told.verdict]
    currency = catalogue.currencies[line.currency]
    staked = int(line.played.staked.quantize(Decimal(1), ROUND_HALF_EVEN))
    low, high, actual = line.told.low, line.told.high, line.told.actual
    judged = line.told.verdict in (*BROKEN, Verdict.OK)
    return told | {
        "rounds": Cell(f"{line.played.rounds:,}", hint=f"and {line.promo_stakes:,} promotional stakes, which do not count"),
        "staked": Cell(money(staked, currency)),
        "actual": _NONE if actual is None else Cell(_percent(actual), tone=tone if tone == "bad" else ""),
        "band": _NONE if low is None or high is None or not judged else Cell(f"{_percent(low)[:-1]} – {_percent(high)}"),
        "verdict": Cell(words, hint=why, tone=tone),
    }  # fmt: skip


def _percent(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_EVEN)}%"
