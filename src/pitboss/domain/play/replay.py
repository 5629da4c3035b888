"""A transaction id that is known already: the first answer again, or why not (wallet protocol, "idempotency")."""

from pitboss.domain.play.decision import Accepted, Decision, Refused, refuse
from pitboss.domain.play.state import Transaction, Wallet
from pitboss.domain.refusals import Refusal


def replay(known: Transaction, wallet: Wallet | None, said: str) -> Decision:
    """What a BET, WIN or REFUND with a known id is told. `said` are its words; other words under the same id are refused."""
    if wallet is None or known.wallet_id != wallet.id:
        return refuse(Refusal.OTHER_DATA)
    if known.state == "tombstone":
        # Its cancel overtook it: it must never happen any more.
        return refuse(Refusal.CANCELED_SINCE)
    if known.said != said:
        return refuse(Refusal.OTHER_DATA)
    if known.state in ("canceled", "voiding"):
        return refuse(Refusal.CANCELED_SINCE)
    if known.refusal is not None:
        return Decision(Refused(Refusal(known.refusal)))
    return Decision(Accepted(known.told, known.answer))
