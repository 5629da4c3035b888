"""The protocol's answers, assembled as bytes: the request as it came, then the signed response.

What repeats within a second for one studio (time, hash, the members before `data`) is made once a second.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from pitboss.domain.catalogue import Provider
from pitboss.domain.money import Unit, format_minor
from pitboss.domain.refusals import Refusal
from pitboss.wire.wallet import REFUSALS, OpCode, sign_response

_SECOND: Final = timedelta(seconds=1)
_json = msgspec.json.encode


class Answer(NamedTuple):
    """`data` is JSON. `code` is None when the status is OK."""

    data: bytes
    code: OpCode | None = None


def error(code: OpCode, message: str) -> Answer:
    """An ERROR answer."""
    return Answer(b'{"error_code":"%s","error_message":%s}' % (code.value.encode(), _json(message)), code)


_REFUSED: Final = {refusal: error(code, message) for refusal, (code, message) in REFUSALS.items()}
_TRY_AGAIN: Final = error(OpCode.INTERNAL, REFUSALS[Refusal.OUTCOME_UNKNOWN][1])
BAD_HASH: Final = error(OpCode.INVALID_HASH, "The hash does not match")
OLD_TIMESTAMP: Final = error(OpCode.INVALID_HASH, "The request is too old, or from the future")
NOT_AUTHORIZED: Final = error(OpCode.NOT_AUTHORIZED, "The player may not enter this game")


def refused(refusal: Refusal, *, retried: bool = False) -> Answer:
    """`retried`: the command must happen in the end, so an unknown outcome asks the studio to send it again (OP_50)."""
    if retried and refusal is Refusal.OUTCOME_UNKNOWN:
        return _TRY_AGAIN
    return _REFUSED[refusal]


def said_by_operator(code: str, message: str) -> Answer:
    """What a seamless operator refused, as it said it; its code is one of the protocol's."""
    return error(OpCode(code), message)


def balance(told: int, unit: Unit) -> Answer:
    """changebalance and balance: minor units of the currency, told in the studio's unit with its exact digits."""
    return Answer(f'{{"balance":{format_minor(told, unit.scale)},"currency_code":"{unit.code}"}}'.encode())


def transaction_status(user_id: bytes, transaction_id: bytes, state: str) -> Answer:
    """status and cancel; both ids are JSON as they came."""
    return Answer(
        b'{"user_id":%b,"transaction_id":%b,"transaction_status":"%b"}' % (user_id, transaction_id, state.encode())
    )


def round_finished(round_id: bytes, user_id: bytes, game_id: bytes) -> Answer:
    """finishround; all three are JSON as they came."""
    return Answer(b'{"round_id":%b,"user_id":%b,"game_id":%b}' % (round_id, user_id, game_id))


def identity(user_id: str, user_name: str, display_name: str | None, country: str, told: int, unit: Unit) -> Answer:
    """authenticate; `told` in minor units."""
    shown = b"" if not display_name else b'"display_name":%b,' % _json(display_name)
    return Answer(
        b'{"user_id":%b,"user_name":%b,%b"user_country":%b,"balance":%b,"currency_code":"%b"}'
        % (_json(user_id), _json(user_name), shown, _json(country), format_minor(told, unit.scale).encode(), unit.code.encode())
    )  # fmt: skip


class Envelope:
    """One studio's envelope for answers."""

    def __init__(self, provider: Provider) -> None:
        self._secret = provider.secret
        self._from = self._until = datetime.min
        self._ok = self._error = b""

    def wrap(self, request: bytes, answer: Answer, now: datetime) -> bytes:
        """The whole body. `request` must be JSON; `now` in UTC becomes response_timestamp."""
        at = now.replace(tzinfo=None)
        if not self._from <= at < self._until:
            self._renew(at.replace(microsecond=0))
        middle = self._ok if answer.code is None else self._error
        return b"".join((b'{"request":', request, middle, answer.data, b"}}"))

    def _renew(self, second: datetime) -> None:
        self._from, self._until = second, second + _SECOND
        stamp = f"{second:%Y-%m-%d %H:%M:%S}"
        self._ok, self._error = self._middle("OK", stamp), self._middle("ERROR", stamp)

    def _middle(self, status: str, stamp: str) -> bytes:
        signed = sign_response(status, stamp, self._secret)
        return (f',"response":{{"status":"{status}","response_timestamp":"{stamp}","hash":"{signed}","data":').encode()
