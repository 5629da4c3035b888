"""What the hub says to an operator: the `data` of each command as JSON, with exact digits, in the document's order.

Amounts are plain decimals of the player's currency; ids are the hub's numbers; user, token and currency are the operator's own.
"""

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pitboss.domain.money import Currency, format_minor

NO_REASON = "not_provided"
PROMOTIONAL_STAKE = "PROMO-FREESPIN"


class Addressee(NamedTuple):
    """The player as the operator knows him. `token` is null where there is no session any more."""

    user_id: str
    token: str | None


class Change(NamedTuple):
    """A BET, WIN or REFUND towards the operator. `context`: JSON text of the studio's context object, or empty."""

    transaction_type: str
    number: int
    round_number: int
    round_finished: bool | None
    game_id: int | None
    currency: Currency
    amount: int
    context: str


def change_words(to: Addressee, change: Change, at: datetime) -> str:
    """`data` of changebalance. `at` (UTC) becomes transaction_timestamp."""
    context = change.context or json.dumps({"reason": NO_REASON})
    return (
        f'{{"token":{_json(to.token)},"user_id":{_json(to.user_id)},"transaction_type":"{change.transaction_type}",'
        f'"transaction_id":{change.number},"round_id":{change.round_number},"round_finished":{_json(change.round_finished)},'
        f'"game_id":{change.game_id or 0},"currency_code":"{change.currency.code}",'
        f'"amount":{format_minor(change.amount, change.currency.scale)},"transaction_timestamp":"{_stamp(at)}",'
        f'"context":{context}}}'
    )


def undo_words(user_id: str, number: int, round_number: int, round_finished: bool | None, game_id: int | None) -> str:
    """`data` of cancel."""
    return (
        f'{{"user_id":{_json(user_id)},"transaction_id":{number},"round_id":{round_number},'
        f'"round_finished":{_json(round_finished)},"game_id":{game_id or 0}}}'
    )


def finish_words(user_id: str, round_number: int, game_id: int | None, at: datetime) -> str:
    """`data` of finishround; `at` (UTC): when the round was first heard of."""
    return (
        f'{{"round_id":{round_number},"user_id":{_json(user_id)},"game_id":{game_id or 0},'
        f'"round_date":"{at.astimezone(UTC):%Y-%m-%d}","round_ts":"{_unix_ms(at)}"}}'
    )


def balance_words(to: Addressee, currency: Currency) -> str:
    """`data` of balance."""
    return f'{{"token":{_json(to.token)},"user_id":{_json(to.user_id)},"currency_code":"{currency.code}"}}'


def balance_of_change(change: str) -> str:
    """`data` of the balance that belongs to a change which was worded so."""
    said = json.loads(change, parse_float=str)
    members = {name: said[name] for name in ("token", "user_id", "currency_code")}
    return json.dumps(members, ensure_ascii=False)


def cancel_words(change: str) -> str:
    """`data` of the cancel that undoes a change which was worded so; the round stays as it is."""
    said = json.loads(change, parse_float=str)
    return undo_words(said["user_id"], said["transaction_id"], said["round_id"], None, said["game_id"])


def status_words(change: str, kind: str) -> str:
    """`data` of the status that asks after a change (or after what a cancel undoes) which was worded so."""
    said = json.loads(change, parse_float=str)
    at = _read_stamp(said.get("transaction_timestamp"))
    return status_of(
        said["user_id"], said["transaction_id"], said.get("transaction_type", kind.upper()), said["round_id"], at
    )


def was_finished(change: str) -> bool | None:
    """round_finished of a change or a cancel that was worded so."""
    finished: bool | None = json.loads(change, parse_float=str)["round_finished"]
    return finished


def round_of(change: str) -> int:
    """The hub's number of the round of a change that was worded so."""
    number: int = json.loads(change, parse_float=str)["round_id"]
    return number


def campaign_of(change: str) -> str | None:
    """The campaign of a promotional stake that was worded so; None for another one."""
    context = json.loads(change, parse_float=str)["context"]
    code = context.get("campaign_code") if context.get("reason") == PROMOTIONAL_STAKE else None
    return None if code is None else str(code)


def status_of(user_id: str, number: int, transaction_type: str, round_number: int, at: datetime | None) -> str:
    """`data` of status; `at` (UTC): when the transaction was made."""
    made = "" if at is None else f'"transaction_date":"{at:%Y-%m-%d}","transaction_ts":"{_unix_ms(at)}",'
    return (
        f'{{"user_id":{_json(user_id)},"transaction_id":{number},"transaction_type":"{transaction_type}",{made}'
        f'"round_id":{round_number}}}'
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _read_stamp(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


def _unix_ms(at: datetime) -> int:
    return round((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1000
