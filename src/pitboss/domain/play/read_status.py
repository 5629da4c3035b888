"""status: what became of a transaction (wallet protocol, "status")."""

from pitboss.domain.play.commands import ReadStatus
from pitboss.domain.play.decision import Decision, StatusKnown, refuse
from pitboss.domain.play.state import PlayState
from pitboss.domain.refusals import Refusal


def read_status(state: PlayState, command: ReadStatus) -> Decision:
    """ok, refused or canceled; what never came, or is another player's, is unknown."""
    if state.wallet is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    known = state.known
    if known is None or known.wallet_id != state.wallet.id or known.state == "tombstone":
        return refuse(Refusal.TRANSACTION_UNKNOWN)
    return Decision(StatusKnown(known.state))
