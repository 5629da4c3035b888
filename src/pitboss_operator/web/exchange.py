"""One call from its bytes to its answer's bytes, with what the switchboard does to it on the way."""

import asyncio
from dataclasses import dataclass, replace

from pitboss_operator.clock import now_ms, wire_time
from pitboss_operator.faults import Fault, Kind
from pitboss_operator.operator import Operator
from pitboss_operator.protocol import json_text
from pitboss_operator.protocol.answer import Verdict, render
from pitboss_operator.protocol.json_text import NotJson, NumberText
from pitboss_operator.protocol.refusal import MESSAGES, Code

_HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Reply:
    """What goes out. `status` None: nothing does, and the connection is cut or, with `hold`, kept open."""

    status: int | None
    body: bytes = b""
    location: str | None = None
    hold: bool = False
    twice: bool = False


CUT = Reply(None)


async def exchange(operator: Operator, command: str, raw: bytes) -> Reply:
    """Carry out one admitted command."""
    decoded = _decoded(raw)
    fault = operator.switchboard.take(command, _word(decoded, "transaction_type"), _word(decoded, "user_id"))
    if fault is None:
        return _answer(operator, raw, decoded, await operator.carry_out(command, raw))
    if fault.kind is Kind.SLOW:
        await asyncio.sleep(fault.ms / 1000)
    verdict = await _with_fault(operator, command, raw, fault)
    if fault.kind is Kind.LATE_ANSWER:
        await asyncio.sleep(fault.ms / 1000)
    return _spoiled(operator, raw, decoded, verdict, fault)


async def _with_fault(operator: Operator, command: str, raw: bytes, fault: Fault) -> Verdict:
    """The verdict of a command that is carried out once, twice, or not at all."""
    if fault.kind in (Kind.SILENT, Kind.HTTP, Kind.CODE, Kind.DROP, Kind.REDIRECT) and not fault.books:
        return Verdict(Code.INTERNAL, {"error_code": "OP_50", "error_message": MESSAGES[Code.INTERNAL]})
    if fault.kind is Kind.TWICE:
        first, _ = await asyncio.gather(operator.carry_out(command, raw), operator.carry_out(command, raw))
        return first
    return await operator.carry_out(command, raw)


def _spoiled(operator: Operator, raw: bytes, decoded: object, verdict: Verdict, fault: Fault) -> Reply:
    """The answer as the fault leaves it."""
    match fault.kind:
        case Kind.SILENT:
            return Reply(None, hold=True)
        case Kind.DROP:
            return CUT
        case Kind.HTTP:
            return Reply(fault.status, fault.body.encode())
        case Kind.REDIRECT:
            return Reply(302, location=fault.location)
        case Kind.CODE:
            verdict = Verdict(fault.code, {"error_code": fault.code, "error_message": "As the switchboard says"})
        case Kind.INTEGER_USER_ID | Kind.NUMBERS_AS_STRINGS | Kind.WRONG_CURRENCY:
            verdict = replace(verdict, data={name: _odd(fault, name, value) for name, value in verdict.data.items()})
        case _:
            pass
    shift_ms = fault.hours * _HOUR_MS if fault.kind is Kind.CLOCK_OFF else 0
    answer = _answer(operator, raw, decoded, verdict, shift_ms)
    return _garbled(answer, raw, fault)


def _odd(fault: Fault, name: str, value: object) -> object:
    """One member of the data, of another type or from another country."""
    if fault.kind is Kind.INTEGER_USER_ID and name == "user_id":
        # A user id of letters becomes some number all the same: that is what wallets with numeric keys send.
        digits = "".join(character for character in str(value) if character.isdigit())
        return int(digits or "0")
    if fault.kind is Kind.NUMBERS_AS_STRINGS and isinstance(value, NumberText | int):
        return "".join(str(value))
    if fault.kind is Kind.WRONG_CURRENCY and name == "currency_code":
        return "XTS"
    return value


def _garbled(answer: Reply, raw: bytes, fault: Fault) -> Reply:
    body = answer.body
    match fault.kind:
        case Kind.WRONG_HASH:
            head, mark, tail = body.rpartition(b'"hash":"')
            return replace(answer, body=head + mark + (b"1" if tail[:1] == b"0" else b"0") + tail[1:])
        case Kind.BROKEN_JSON:
            return replace(answer, body=body[: len(body) // 2])
        case Kind.NO_ECHO:
            return replace(answer, body=b"{" + body[body.rindex(b'"response":') :])
        case Kind.CHANGED_ECHO:
            return replace(answer, body=b'{"request":{"command":"other"},' + body[body.rindex(b'"response":') :])
        case Kind.ANSWER_TWICE:
            return replace(answer, twice=True)
        case _:
            return answer


def _answer(operator: Operator, raw: bytes, decoded: object, verdict: Verdict, shift_ms: int = 0) -> Reply:
    stamp = wire_time(now_ms() + shift_ms)
    signature = operator.rules.answer_hash(verdict.status, stamp, operator.settings.secret)
    echo = None if isinstance(decoded, NotJson) else raw
    http_status = 200 if verdict.code is None else operator.rules.refusal_status
    return Reply(http_status, render(echo, verdict.status, stamp, signature, verdict.data))


def _decoded(raw: bytes) -> object:
    try:
        return json_text.read(raw)
    except NotJson as error:
        return error


def _word(decoded: object, name: str) -> str | None:
    """A member of the data, for choosing a fault; the wallet itself reads it anew."""
    data = decoded.get("data") if isinstance(decoded, dict) else None
    value = data.get(name) if isinstance(data, dict) else None
    return str(value) if isinstance(value, str | int) else None
