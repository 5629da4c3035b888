"""Bodies of exchanges as text for people: JSON over several lines, every digit, name and order as it came."""

import json
from typing import Final

_DEEPEST: Final = 32
_STEP: Final = "  "


def body_text(body: str) -> str:
    """JSON set out over lines; what is none, is cut off or is nested too deep stays as it is."""
    try:
        # Whether it is JSON at all; what is shown are its own signs, not what a reader makes of them.
        json.loads(body, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return body
    return _set_out(body) or body


def _set_out(body: str) -> str | None:
    out: list[str] = []
    depth, place = 0, 0
    while place < len(body):
        sign = body[place]
        if sign == '"':
            end = _end_of_string(body, place)
            out.append(body[place:end])
            place = end
            continue
        place += 1
        if sign in "{[":
            depth += 1
            if depth > _DEEPEST:
                return None
            out.append(sign + "\n" + _STEP * depth)
        elif sign in "}]":
            depth -= 1
            _close(out, sign, depth)
        elif sign == ",":
            out.append(",\n" + _STEP * depth)
        elif sign == ":":
            out.append(": ")
        elif not sign.isspace():
            out.append(sign)
    return "".join(out)


def _close(out: list[str], sign: str, depth: int) -> None:
    last = out[-1]
    if last[0] in "{[" and last[1:2] == "\n":
        # Nothing was in it.
        out[-1] = last[0] + sign
    else:
        out.append("\n" + _STEP * depth + sign)


def _end_of_string(body: str, start: int) -> int:
    place = start + 1
    while body[place] != '"':
        place += 2 if body[place] == "\\" else 1
    return place + 1
