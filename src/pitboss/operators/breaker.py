"""The circuit breaker of one operator in one process: after a run of failures nothing is sent for a while, then one call at a time
until one is answered. What an operator refuses, properly signed, is an answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

FAILURES_TO_OPEN: Final = 5
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 15.0


class State(Enum):
    """CLOSED: calls go out. OPEN: none does. PROBING: the pause is over, and the next call, alone, shows how things are."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


@dataclass(frozen=True, slots=True)
class Trial:
    """One call that was let out; `run` tells whether it was before or after the breaker opened."""

    run: int
    probe: bool


class Breaker:
    """`clock` gives seconds that never go back; `on_close` is called when an open breaker closes."""

    def __init__(
        self,
        clock: Callable[[], float],
        on_close: Callable[[], None] = lambda: None,
        failures_to_open: int = FAILURES_TO_OPEN,
    ) -> None:
        self._clock = clock
        self._on_close = on_close
        self._failures_to_open = failures_to_open
        self._failures = 0
        self._run = 0
        self._opens_until: float | None = None
        self._pause = FIRST_PAUSE_SECONDS
        self._probe: Trial | None = None

    @property
    def state(self) -> State:
        """How it stands now."""
        if self._opens_until is None:
            return State.CLOSED
        return State.OPEN if self._clock() < self._opens_until else State.PROBING

    def lets_out(self) -> bool:
        """Whether a call would be let out now."""
        state = self.state
        return state is State.CLOSED or (state is State.PROBING and self._probe is None)

    def let_out(self) -> Trial | None:
        """A call goes out and will be told of by one of `answered`, `failed` and `abandoned`; None: it must not."""
        if not self.lets_out():
            return None
        trial = Trial(self._run, probe=self.state is State.PROBING)
        if trial.probe:
            self._probe = trial
        return trial

    def answered(self, trial: Trial) -> None:
        """The operator is there, whenever the call went out."""
        self._forget(trial)
        self._failures = 0
        if self._opens_until is not None:
            self._opens_until, self._probe, self._pause = None, None, FIRST_PAUSE_SECONDS
            self._on_close()

    def failed(self, trial: Trial) -> None:
        """Nobody knows what came of it. News from before the breaker opened says nothing about now."""
        was_probe = self._forget(trial)
        if was_probe:
            self._open(min(2 * self._pause, LONGEST_PAUSE_SECONDS))
        elif self._opens_until is None and trial.run == self._run:
            self._failures += 1
            if self._failures >= self._failures_to_open:
                self._open(FIRST_PAUSE_SECONDS)

    def abandoned(self, trial: Trial) -> None:
        """It was given up before anything could be learned; another may try."""
        self._forget(trial)

    def _forget(self, trial: Trial) -> bool:
        if self._probe is not trial:
            return False
        self._probe = None
        return True

    def _open(self, pause: float) -> None:
        self._pause = pause
        self._opens_until = self._clock() + pause
        self._run += 1
        self._failures = 0
