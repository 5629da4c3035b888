"""What an operator's answer to a bet, a win or a cancel means. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from pitboss_studio.money import BadAmount, read_balance
from pitboss_studio.wallet.client import Unknown
from pitboss_studio.wallet.messages import Answer

# A bet answered with one of these was refused and took no money. Every other code leaves it open whether it did.
BET_REFUSALS = frozenset(
    {"OP_21", "OP_22", "OP_30", "OP_31", "OP_32", "OP_33", "OP_34", "OP_35", "OP_40", "OP_49"},
)
SESSION_OVER = frozenset({"OP_21", "OP_22"})


class Meaning(Enum):
    """Done; refused for good; or not known, or not yet, so something must still be sent."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """`code` is the operator's code, or for an unknown one the reason in words; `balance` what it told, if it did."""

    meaning: Meaning
    code: str
    balance: Decimal | None = None


def judge_bet(answer: Answer | Unknown, currency: str) -> Verdict:
    """A bet is accepted only by an OK with a balance in the session's currency; a doubtful OK is unknown."""
    if isinstance(answer, Unknown):
        return Verdict(Meaning.UNKNOWN, answer.reason)
    if answer.code is not None:
        return Verdict(Meaning.REFUSED if answer.code in BET_REFUSALS else Meaning.UNKNOWN, answer.code)
    balance = _balance(answer)
    if balance is None or answer.data.get("currency_code") != currency:
        return Verdict(Meaning.UNKNOWN, "OK without a balance in the session's currency")
    return Verdict(Meaning.DONE, "OK", balance)


def judge_win(answer: Answer | Unknown) -> Verdict:
    """OK pays; OP_49 refuses for good; OP_40 is for `status` to decide; anything else is sent again."""
    if isinstance(answer, Unknown):
        return Verdict(Meaning.UNKNOWN, answer.reason)
    if answer.code is None:
        return Verdict(Meaning.DONE, "OK", _balance(answer))
    return Verdict(Meaning.REFUSED if answer.code == "OP_49" else Meaning.UNKNOWN, answer.code)


def judge_status(answer: Answer | Unknown) -> Verdict:
    """What `status` says of a win that was answered OP_40 (its id is known with other data): whether it stands, or never will.

    The code of an unknown one says what comes next: OP_41 sends the win again, anything else asks again.
    """
    if isinstance(answer, Unknown) or answer.code is not None:
        code = "OP_40" if isinstance(answer, Unknown) or answer.code != "OP_41" else "OP_41"
        return Verdict(Meaning.UNKNOWN, code)
    status = answer.data.get("transaction_status")
    if status == "OK":
        return Verdict(Meaning.DONE, "OK")
    refused = status in ("CANCELED", "ERROR")
    return Verdict(Meaning.REFUSED, f"OP_40 {status}") if refused else Verdict(Meaning.UNKNOWN, "OP_40")


def judge_cancel(answer: Answer | Unknown) -> Verdict:
    """CANCELED, or OP_41 (the operator never had the bet); OP_49 refuses for good; anything else is sent again."""
    if isinstance(answer, Unknown):
        return Verdict(Meaning.UNKNOWN, answer.reason)
    if answer.code == "OP_41":
        return Verdict(Meaning.DONE, "OP_41")
    if answer.code is None:
        status = answer.data.get("transaction_status")
        return Verdict(Meaning.DONE if status == "CANCELED" else Meaning.UNKNOWN, f"OK {status}")
    return Verdict(Meaning.REFUSED if answer.code == "OP_49" else Meaning.UNKNOWN, answer.code)


def judge_balance(answer: Answer, currency: str) -> Decimal | None:
    """The balance an answer tells, when it tells one in this currency."""
    if answer.code is not None or answer.data.get("currency_code") != currency:
        return None
    return _balance(answer)


def _balance(answer: Answer) -> Decimal | None:
    try:
        return read_balance(answer.data.get("balance"))
    except BadAmount:
        return None
