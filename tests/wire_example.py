"""Conversations written by hand (wire_examples/): read from their files, and compared with what a hub answers."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[1] / "wire_examples"
_TOKEN = re.compile(r"<(id|uuid|time|[0-9]+|\*)(?:=([a-z][a-z-]*))?>")
_MEANINGS = {
    "id": "[0-9a-f]{32}",
    "uuid": "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}",
    "*": ".+",
}
_NAME = re.compile(r"\{([a-z][a-z-]*)\}")


@dataclass
class Exchange:
    """A request and the answer it must get; or a `deed` of somebody else."""

    line: int
    target: str = ""
    deed: tuple[str, ...] = ()
    request_headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    status: int = 0
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: str = ""


def read_example(path: Path) -> list[Exchange]:
    """The exchanges of a file, in order."""
    exchanges: list[Exchange] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        kind, _, rest = line.partition(" ")
        if kind == "#":
            continue
        if kind == "!":
            exchanges.append(Exchange(number, deed=tuple(rest.split())))
        elif kind in (">", "<"):
            _head(exchanges, number, kind, rest)
        elif exchanges and exchanges[-1].status:
            exchanges[-1].answer += line + "\n"
        elif line or exchanges[-1].body:
            exchanges[-1].body += line + "\n"
    return exchanges


def _head(exchanges: list[Exchange], number: int, kind: str, rest: str) -> None:
    name, colon, value = rest.partition(":")
    is_header = bool(colon) and re.fullmatch(r"[A-Za-z-]+", name) is not None
    if kind == ">" and not is_header:
        exchanges.append(Exchange(number, target=rest))
    elif kind == ">":
        exchanges[-1].request_headers[name] = value.strip()
    elif not is_header:
        exchanges[-1].status = int(rest)
    else:
        exchanges[-1].answer_headers[name] = value.strip()


def filled(text: str, names: Mapping[str, str]) -> str:
    """A part of an example with every `{name}` that was learned before in its place."""
    return _NAME.sub(lambda match: names[match[1]], text)


def differences(expected: Any, actual: Any, at: str = "$", names: dict[str, str] | None = None) -> list[str]:
    """Where `actual` is not what the example says; empty when it is. `<id=round>` puts what it finds into `names`."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        found = [f"{at}: has no {name}" for name in expected.keys() - actual.keys()]
        found += [f"{at}: has {name}={actual[name]!r}" for name in actual.keys() - expected.keys()]
        for name in expected.keys() & actual.keys():
            found += differences(expected[name], actual[name], f"{at}.{name}", names)
        return found
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [
            d
            for i, pair in enumerate(zip(expected, actual, strict=True))
            for d in differences(*pair, f"{at}[{i}]", names)
        ]
    if type(expected) is type(actual) and (
        expected == actual or (type(expected) is str and means(expected, actual, names))
    ):
        return []
    if expected == "<ms>" and type(actual) is Digits and re.fullmatch("[1-9][0-9]{12}", actual):
        return []
    return [f"{at}: expected {expected!r}, got {actual!r}"]


def means(expected: str, actual: str, names: dict[str, str] | None = None) -> bool:
    """Whether a text is what the example says; what its tokens name is put into `names`."""
    pattern, end, learned = "", 0, []
    for match in _TOKEN.finditer(expected):
        meaning = _MEANINGS.get(match[1]) or f"[a-z0-9]{{{match[1]}}}"
        pattern += re.escape(expected[end : match.start()]) + f"({meaning})"
        end = match.end()
        learned.append(match[2])
    found = re.fullmatch(pattern + re.escape(expected[end:]), actual)
    if found is None:
        return False
    if names is not None:
        names |= {name: text for name, text in zip(learned, found.groups(), strict=True) if name}
    return True


class Digits(str):
    """A JSON number as it is written; never equal to a JSON string."""

    __slots__ = ()


def exact_json(text: str | bytes) -> Any:
    """JSON with its numbers as their digits."""
    return json.loads(text, parse_float=Digits, parse_int=Digits)
