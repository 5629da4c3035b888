"""The table of outcomes: what an operator's answer means for what was asked (wallet protocol, "The hub as platform")."""

from datetime import timedelta
from enum import StrEnum

from pitboss.domain.money import AmountError, Currency, format_decimal, parse_minor
from pitboss.domain.seamless.operator_call import Agreed, Declined, NotKnown, NotSent, OperatorAnswer

BET_VERDICTS = frozenset({"OP_21", "OP_22", "OP_30", "OP_31", "OP_32", "OP_33", "OP_34", "OP_35", "OP_40", "OP_49"})
"""What refuses a BET for good."""
ODD_FOR_A_WIN = frozenset({"OP_21", "OP_22", "OP_30", "OP_31", "OP_32", "OP_33", "OP_34", "OP_35", "OP_41"})
"""Verdicts that no WIN or REFUND should get: tried again for an hour, then a person must look."""
PARK_ODD_AFTER = timedelta(hours=1)
NOT_FOUND, IMPOSSIBLE, OTHER_DATA = "OP_41", "OP_49", "OP_40"
HTTP_NOT_FOUND = 404
LONGEST_MESSAGE = 200


class Meaning(StrEnum):
    """`agreed`: it stands. `refused`: for good, as the operator said it. `unsent`: nothing happened. `unknown`: nobody can say.
    `ask_status`: what became of it must be asked. `odd`: an answer that makes no sense here; tried again, then parked."""

    AGREED = "agreed"
    REFUSED = "refused"
    UNSENT = "unsent"
    UNKNOWN = "unknown"
    ASK_STATUS = "ask_status"
    ODD = "odd"


def told_balance(answer: Agreed, currency: Currency) -> int | None:
    """The balance an operator told, in minor units of `currency`, fractions of one cut off toward zero; None when it told none, in
    another currency, or out of bounds."""
    balance = answer.balance
    if balance is None or answer.currency != currency.code or not balance.is_finite():
        return None
    whole, _, fraction = format_decimal(balance).partition(".")
    try:
        return parse_minor(
            f"{whole}.{fraction[: currency.scale]}" if fraction[: currency.scale] else whole, currency.scale
        )
    except AmountError:
        return None


def meaning_for_bet(answer: OperatorAnswer, currency: Currency) -> Meaning:
    """Of an answer to a BET."""
    if isinstance(answer, Agreed):
        return Meaning.UNKNOWN if told_balance(answer, currency) is None else Meaning.AGREED
    if isinstance(answer, Declined):
        return Meaning.REFUSED if answer.code in BET_VERDICTS else Meaning.UNKNOWN
    return Meaning.UNSENT if isinstance(answer, NotSent) else Meaning.UNKNOWN


def meaning_for_credit(answer: OperatorAnswer, currency: Currency) -> Meaning:
    """Of an answer to a WIN or REFUND."""
    if isinstance(answer, Agreed):
        return Meaning.UNKNOWN if told_balance(answer, currency) is None else Meaning.AGREED
    if isinstance(answer, Declined):
        if answer.code == IMPOSSIBLE:
            return Meaning.REFUSED
        if answer.code == OTHER_DATA:
            return Meaning.ASK_STATUS
        return Meaning.ODD if answer.code in ODD_FOR_A_WIN else Meaning.UNKNOWN
    return Meaning.UNKNOWN


def meaning_for_cancel(answer: OperatorAnswer) -> Meaning:
    """Of an answer to a cancel: one the operator has no transaction for (and never will) is as good as done."""
    if isinstance(answer, Agreed):
        return Meaning.AGREED if answer.data.get("transaction_status") == "CANCELED" else Meaning.UNKNOWN
    if isinstance(answer, Declined):
        if answer.code == NOT_FOUND:
            return Meaning.AGREED
        return Meaning.REFUSED if answer.code == IMPOSSIBLE else Meaning.UNKNOWN
    return Meaning.UNKNOWN


def meaning_for_finish(answer: OperatorAnswer) -> Meaning:
    """Of an answer to finishround, which an operator need not offer (404)."""
    if isinstance(answer, Agreed):
        return Meaning.AGREED
    if isinstance(answer, Declined):
        return Meaning.REFUSED if answer.code in (NOT_FOUND, IMPOSSIBLE) else Meaning.UNKNOWN
    if isinstance(answer, NotKnown) and answer.http_status == HTTP_NOT_FOUND:
        return Meaning.AGREED
    return Meaning.UNKNOWN


def status_told(answer: OperatorAnswer) -> str | None:
    """OK, CANCELED or ERROR as `status` told it, `unknown` when the operator has no such transaction; None: nobody can say."""
    if isinstance(answer, Agreed):
        told = answer.data.get("transaction_status")
        return told if told in ("OK", "CANCELED", "ERROR") and isinstance(told, str) else None
    return "unknown" if isinstance(answer, Declined) and answer.code == NOT_FOUND else None


def message_of(answer: Declined) -> str:
    """An operator's words, shortened, as text that any database and peer can take."""
    return answer.message[:LONGEST_MESSAGE].replace("\0", "").encode("utf-8", "replace").decode()


def why(answer: OperatorAnswer) -> str:
    """An answer in a few words, for those who read logs and tables."""
    if isinstance(answer, Declined):
        return answer.code
    if isinstance(answer, Agreed):
        return "OK that does not fit"
    return answer.why
