"""status: what became of a transaction (wallet protocol, "status")."""

from pitboss.domain.play.commands import ReadStatus
from pitboss.domain.play.decision import Decision, StatusKnown, refuse
from pitboss.domain.play.state import PlayState
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.call import is_being_undone


def read_status(state: PlayState, command: ReadStatus) -> Decision:
    """ok, refused or canceled; what never came, or is another player's, is unknown."""
    if state.wallet is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    known = state.known
    if known is None or known.wallet_id != state.wallet.id or known.state == "tombstone":
        return refuse(Refusal.TRANSACTION_UNKNOWN)
    if known.state in ("pending", "parked") or is_being_undone(state.calls, known.provider_id, known.provider_tx_id):
        return refuse(Refusal.STILL_UNDER_WAY)
    # From the instant its outcome was unknown a bet is void, whether or not its operator has confirmed that yet.
    return Decision(StatusKnown("canceled" if known.state == "voiding" else known.state))
