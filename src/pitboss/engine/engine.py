"""The engine's front: takes commands, answers with outcomes."""

from pitboss.domain.ledger.commands import FundAgent, MoveMoney
from pitboss.domain.play.commands import PlayCommand
from pitboss.domain.play.decision import Outcome

Command = PlayCommand | MoveMoney | FundAgent


class Engine:
    """Batches commands of one agent; see the package's docstring."""

    async def submit(self, command: Command) -> Outcome:
        """Decide and store `command`; the outcome, after the commit. Refused(OVERLOADED) when the queue is full,
        Refused(OUTCOME_UNKNOWN) when it cannot be learned in time whether it was stored."""
        raise NotImplementedError
