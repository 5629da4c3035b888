"""Whatever bytes come in, no 5xx goes out, and nothing is stored that is wrong.

PITBOSS_TEST_FUZZ_BATCHES says how many batches (a few hundred in the suite). The judge is this file's own reading of the rules, on
Python's own JSON.
"""

import asyncio
import gzip
import json
import os
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import zstandard

from agent_stage import Stage
from event_producer import Producer, bet, deposit, item, win, withdraw

BATCHES = int(os.environ.get("PITBOSS_TEST_FUZZ_BATCHES", "600"))
AT_ONCE = 8
SCALES = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}

ODD_TEXTS = [
    "", "\0", "a\0b", "\ud83c", "\udfff\ud800", "x" * 256, "é", "🎰", '"', "\\", "\x1f", "\x1e\x1d", "{", "\u202e", "\uffff", " ",
    "'; DROP TABLE event; --", "NaN", "null", "\x7f",
]  # fmt: skip
ODD_NUMBERS = [
    "-0", "-1", "1e400", "1e-400", "1E+2", "0.001", "9" * 30, "9" * 5000, "0.1e1", "1e99999999999", "12345678901234567.89",
    "1.50", "NaN", "Infinity", "-Infinity", "01", "1.", ".5", "0x10", "1_000",
]  # fmt: skip
ODD_TIMES = [
    "2026-01-31T13:00:00", "2026-01-31", "2999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z", "yesterday",
    "2026-01-31T13:00:00+25:00", "2026-W05-6T13:00:00Z", "2026-01-31T13:00:00.123456789Z", "٢٠٢٦-01-31T13:00:00Z",
    "9999-12-31T23:59:59-23:59", "2016-12-31T23:59:60Z", "2026-01-31T24:00:00Z",
]  # fmt: skip
ODD_VALUES: list[Any] = [None, True, 0, 1.5, [], {}, [[]], {"a": 1}, "text", ["x"], -1, 10**40]


class Fuzz:
    """One seed's batches."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.ids = 0
        self.numbers: list[str] = []

    def good(self) -> dict[str, Any]:
        self.ids += 1
        name = f"{self.chance.randrange(1 << 40)}-{self.ids if self.chance.random() < 0.9 else 0}"
        return self.chance.choice([
            lambda: bet(name, self.chance.randrange(100)), lambda: win(name, 1.25, corrects=self.text()),
            lambda: deposit(name, 5, amount_eur=1.5), lambda: withdraw(name, 5), lambda: item("login", name, player_id="ann"),
            lambda: item("player", name, player_id="ann", tags=[self.text()], username=self.text(), is_blocked=None),
            lambda: item("game", name, game_id="g", categories=["a"], device=None, has_freespins="yes"),
        ])()  # fmt: skip

    def text(self) -> str:
        return self.chance.choice(["ann", "bob", "x", *ODD_TEXTS])

    def number(self) -> str:
        """Stands in the JSON text as it is."""
        self.numbers.append(self.chance.choice(ODD_NUMBERS))
        return f"@number{len(self.numbers) - 1}@"

    def changed(self, event: dict[str, Any]) -> Any:
        data = event["data"]
        name = self.chance.choice([*data, "corrects", "shoe_size"])
        match self.chance.randrange(9):
            case 0:
                data[name] = self.text()
            case 1:
                data["amount"] = self.number()
            case 2:
                data["timestamp"] = self.chance.choice(ODD_TIMES)
            case 3:
                data[name] = self.chance.choice(ODD_VALUES)
            case 4:
                data.pop(name, None)
            case 5:
                data["currency"] = self.chance.choice([*SCALES, "EURO", "eur", "", "XXXX", "BTC"])
            case 6:
                event[self.chance.choice(["event", "data", "more"])] = self.chance.choice(
                    [*ODD_VALUES, "login", "game"]
                )
            case 7:
                return self.chance.choice(ODD_VALUES)
        return event

    def body(self) -> bytes:
        self.numbers.clear()
        items = [self.good() for _ in range(self.chance.randrange(6))]
        items = [self.changed(event) if self.chance.random() < 0.5 else event for event in items]
        text = json.dumps({"items": items}, ensure_ascii=self.chance.random() < 0.7)
        text = re.sub(r'"@number(\d+)@"', lambda found: self.numbers[int(found[1])], text)
        body = text.encode("utf-8", "surrogatepass")
        spoil: list[Callable[[bytes], bytes]] = [
            lambda body: body, lambda body: body, lambda body: body, self.cut, self.flipped, self.doubled, self.deep, self.noise,
        ]  # fmt: skip
        return self.chance.choice(spoil)(body)

    def cut(self, body: bytes) -> bytes:
        return body[: self.chance.randrange(len(body) + 1)]

    def flipped(self, body: bytes) -> bytes:
        place = self.chance.randrange(len(body))
        return body[:place] + bytes([self.chance.randrange(256)]) + body[place + 1 :]

    def doubled(self, body: bytes) -> bytes:
        """A member that is there twice, somewhere."""
        member = self.chance.choice(
            ['"amount": 7', '"unique_id" : "twice"', '"event": "login"', '"\\u0064ata": {}', '"items": []']
        )
        places = [found.start() + 1 for found in re.finditer(rb"\{", body)]
        place = self.chance.choice(places) if places else 0
        return body[:place] + member.encode() + b", " + body[place:]

    def deep(self, body: bytes) -> bytes:
        depth = self.chance.choice([10, 600, 1_100, 20_000])
        nest = self.chance.choice([b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth, b"[" * depth])
        return body.replace(b'"ann"', nest, 1)

    def noise(self, body: bytes) -> bytes:
        return self.chance.randbytes(self.chance.randrange(400))

    def packed(self, body: bytes) -> tuple[bytes, dict[str, str]]:
        pack = self.chance.random()
        headers = {"prefer": "handling=lenient"} if self.chance.random() < 0.5 else {}
        if pack < 0.1:
            body, headers["content-encoding"] = gzip.compress(body), "gzip"
        elif pack < 0.2:
            body, headers["content-encoding"] = zstandard.compress(body), "zstd"
        elif pack < 0.23:
            headers["content-encoding"] = self.chance.choice(["gzip", "zstd", "br"])
        if pack < 0.23 and self.chance.random() < 0.3:
            body = self.flipped(body) if body else body
        return body, headers


async def test_no_5xx_and_nothing_wrong_is_stored(stage: Stage, one: Producer) -> None:
    seen: dict[int, int] = {}
    kept: set[str] = set()

    async def send(seed: int) -> None:
        fuzz = Fuzz(seed)
        for _ in range(BATCHES // AT_ONCE):
            body, headers = fuzz.packed(fuzz.body())
            answer = await one.send_bytes(body, **{name.replace("-", "_"): value for name, value in headers.items()})
            while answer.status_code == 429:
                await asyncio.sleep(0.1)
                answer = await one.send_bytes(
                    body, **{name.replace("-", "_"): value for name, value in headers.items()}
                )
            seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
            assert answer.status_code in (200, 204, 207, 413, 415, 422), (answer.status_code, body[:2_000], headers)
            check_answer(answer.status_code, answer.content)

    await asyncio.gather(*(send(seed) for seed in range(AT_ONCE)))
    assert {204, 207, 415, 422} <= set(seen), seen
    for row in await stage.owner.fetch("SELECT * FROM event ORDER BY seq"):
        check_stored(dict(row))
        kept.add(row["unique_id"])
    assert len(kept) == await stage.owner.fetchval("SELECT count(*) FROM event")
    await check_figures(stage)


def check_answer(status: int, content: bytes) -> None:
    if status == 204:
        assert content == b""
        return
    told = json.loads(content)
    if status in (200, 207):
        assert set(told) == {"accepted", "duplicates", "rejected"}
        assert bool(told["rejected"]) == (status == 207)
    else:
        assert 1 <= len(told["errors"]) <= 100
        assert all(set(error) == {"index", "unique_id", "field", "message"} for error in told["errors"])


def check_stored(row: dict[str, Any]) -> None:
    """The rules, read once more: ids have 1 to 255 characters, amounts fit their currency, times are not far ahead."""
    for name in ("unique_id", "player_id", "game_id", "round_id", "corrects"):
        assert row[name] is None or 1 <= len(row[name]) <= 255
        assert row[name] is None or not re.search("[\0\ud800-\udfff]", row[name])
    assert row["at"] <= datetime.now(UTC) + timedelta(hours=25)
    if row["kind"] in ("gameround", "deposit", "withdraw"):
        amount: Decimal = row["amount"]
        assert 0 <= amount < 10**18
        assert max(0, -amount.normalize().as_tuple().exponent) <= SCALES[row["currency"]]  # type: ignore[operator]
    else:
        assert row["amount"] is None and row["currency"] is None
    if row["kind"] == "gameround":
        assert None not in (row["player_id"], row["game_id"], row["round_id"], row["is_win"], row["is_bonus"])
    if row["kind"] in ("player", "game"):
        changes = json.loads(row["changes"])
        assert changes.get("has_freespins") in (None, "yes", "no", "unknown")
        assert changes.get("gender") in (None, "M", "F")


async def check_figures(stage: Stage) -> None:
    """The figures are the sums of the rows."""
    summed = await stage.owner.fetch(
        "SELECT player_id, currency, sum(CASE WHEN corrects IS NULL AND NOT is_win AND NOT is_bonus THEN amount"
        " WHEN corrects IS NOT NULL AND is_win AND NOT is_bonus THEN -amount ELSE 0 END) AS turnover"
        " FROM event WHERE kind = 'gameround' GROUP BY 1, 2 ORDER BY 1, 2"
    )
    told = {
        (row["player_id"], row["currency"]): row["turnover"]
        for row in await stage.owner.fetch("SELECT player_id, currency, turnover FROM event_player_figure")
    }
    assert summed
    for row in summed:
        assert told[row["player_id"], row["currency"]] == row["turnover"]
