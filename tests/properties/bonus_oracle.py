"""What bonuses must come to, added up from the list of what stands; no balance is carried along. Written from the contract."""

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal


@dataclass
class Happening:
    """A transaction that stood when it came. kinds: bet, free bet, win, free win, refund, free refund; `code` of a free one."""

    kind: str
    tx: str
    round_: str
    amount: int
    code: str | None
    stands: bool = True


@dataclass
class Oracle:
    """One player."""

    deposits: int
    happened: list[Happening] = field(default_factory=list)
    finished: set[str] = field(default_factory=set)
    gone: dict[str, int] = field(default_factory=dict)
    """What of a conversion could not be taken back, because it was spent, by code."""

    def standing(self, *kinds: str) -> list[Happening]:
        return [h for h in self.happened if h.stands and (not kinds or h.kind in kinds)]

    def _sum(self, *kinds: str) -> int:
        return sum(h.amount for h in self.standing(*kinds))

    def exists(self, round_: str) -> bool:
        return any(h.round_ == round_ for h in self.happened)

    def net(self, round_: str) -> int:
        mine = [h for h in self.standing() if h.round_ == round_]
        return sum(h.amount for h in mine if h.kind == "bet") - sum(h.amount for h in mine if h.kind == "refund")

    def turnover(self) -> int:
        return self._sum("bet") - self._sum("refund")

    def wealth(self) -> int:
        return self.deposits - self.turnover() + self._sum("win", "free win")

    def free_winnings(self) -> int:
        return self._sum("free win")

    def used(self, code: str, round_: str | None = None) -> int:
        """Free stakes taken and not given back; all are worth 10."""
        mine = [h for h in self.standing("free bet", "free refund") if h.code == code and round_ in (None, h.round_)]
        return sum(1 if h.kind == "free bet" else -(h.amount // 10) for h in mine)

    def only_free_stakes(self, round_: str) -> bool:
        # A stake of nothing is none.
        kinds = {h.kind for h in self.happened if h.round_ == round_ and h.amount}
        return "free bet" in kinds and "bet" not in kinds

    def required(self, code: str, multiplier: Decimal) -> int:
        wins = [h.amount for h in self.standing("free win") if h.code == code]
        return sum(int((win * multiplier).to_integral_value(ROUND_CEILING)) for win in wins)
