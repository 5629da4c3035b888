"""A case: one thing the document asks of a wallet, and how it ends."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from pitboss.certify.stage import Stage
from pitboss.certify.verdict import Verdict

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Case:
    """`id` is chapter.name; `asks` is what the document asks for, in our own words; `needs` are options of the command."""

    id: str
    title: str
    asks: str
    play: Play
    needs: tuple[str, ...] = ()
    informational: bool = False

    @property
    def chapter(self) -> str:
        """What comes before the dot."""
        return self.id.partition(".")[0]


@dataclass(frozen=True)
class Exchange:
    """One call and what came back, both as text that may be shown."""

    sent: str
    received: str
    elapsed_ms: int


@dataclass(frozen=True)
class Result:
    """How one case ended; `reason` is one sentence, `cost` what it kept of the player's money, if that is known."""

    case: Case
    verdict: Verdict
    reason: str
    exchanges: tuple[Exchange, ...] = ()
    calls: int = 0
    elapsed_ms: int = 0
    notes: tuple[str, ...] = ()


@dataclass
class Chapter:
    """Cases that belong together, in the order they are played."""

    name: str
    title: str
    cases: list[Case] = field(default_factory=list)

    def case(
        self, name: str, title: str, asks: str, *needs: str, informational: bool = False
    ) -> Callable[[Play], Play]:
        """Enter a function as the case `chapter.name`."""

        def enter(play: Play) -> Play:
            self.cases.append(Case(f"{self.name}.{name}", title, asks, play, needs, informational))
            return play

        return enter
