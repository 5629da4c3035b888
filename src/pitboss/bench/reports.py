"""P7: how long history and reports take over very many transactions, asked over HTTP."""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import NamedTuple

from pitboss.bench.figure import BenchError, Figure
from pitboss.bench.programs import HOST
from pitboss.bench.stage import Options, Stage, stage
from pitboss.wire.platform import sign

PLAYERS = 250
"""So few that each has a thousand pages of history at ten million transactions."""
TIMES = 20
PER_PAGE = 30


class Question(NamedTuple):
    """What is asked; `holds` looks whether the answer has anything in it."""

    name: str
    method: str
    path: str
    body: Mapping[str, object] | None
    headers: Mapping[str, str]
    holds: Callable[[object], bool]


def measure(options: Options) -> Figure:
    """Every question TIMES times; the median of the slowest, in ms."""
    with stage(options, players=PLAYERS, stored=options.transactions) as on:
        slowest = max(_ask(on, question) for question in _questions(on))
    return Figure("P7", slowest, None, None, "ms")


def _questions(on: Stage) -> list[Question]:
    agent, now = on.world.agents[0], datetime.now(UTC)
    deep = max(1, min(1_000, on.options.transactions // PLAYERS // PER_PAGE))
    key = {"Authorization": f"Bearer {agent.external_api_key}", "Content-Type": "application/json"}
    signed = {
        "X-Operator-Id": agent.operator_id,
        "X-Authorization": sign("businessReport", agent.operator_id, agent.secret_key),
    }
    player = {"username": "bench000007"}
    month = {"from": f"{now - timedelta(days=31):%Y-%m-%dT%H:%M:%SZ}", "to": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
    history, daily = "/external/v1.6/history", "/external/v1.6/playerDailyReport"
    day = f"{now - timedelta(days=3):%Y-%m-%d}"
    a_day = {**player, "from": f"{day}T00:00:00Z", "to": f"{day}T23:59:59Z"}
    histories = [
        Question(
            f"history, {whose}, page {page}", "POST", history, {**who, "paginate": {"page": page}}, key, _has_history
        )
        for whose, who in (("one player", player), ("all players", {}))
        for page in (1, deep)
    ]
    return [
        *histories,
        Question("daily report, a day of a player", "POST", daily, a_day, key, _has_items),
        Question("daily report, a month of a player", "POST", daily, {**player, **month}, key, _has_items),
        Question("business report", "GET", f"/api/generic/businessReport?date={day}", None, signed, bool),
    ]


def _has_history(answer: object) -> bool:
    return isinstance(answer, dict) and bool(answer["result"]["currencyGroup"]["EUR"]["items"])


def _has_items(answer: object) -> bool:
    return isinstance(answer, dict) and bool(answer["result"]["items"])


def _ask(on: Stage, question: Question) -> float:
    """The median in ms, told with the longest."""
    body = None if question.body is None else json.dumps(question.body)
    connection = http.client.HTTPConnection(HOST, on.hub.port, timeout=60)
    took = []
    try:
        for _ in range(TIMES + 1):
            began = time.perf_counter()
            connection.request(question.method, question.path, body, dict(question.headers))
            response = connection.getresponse()
            answer = json.loads(response.read())
            took.append((time.perf_counter() - began) * 1_000)
            if response.status != 200 or not question.holds(answer):
                raise BenchError(f"{question.name}: HTTP {response.status} without an answer: {str(answer)[:200]}")
    finally:
        connection.close()
    # The first pays for connections and plans.
    middle = median(took[1:])
    on.options.say(f"{question.name}: {middle:.1f} ms (first {took[0]:.1f} ms, longest {max(took[1:]):.1f} ms)")
    return middle
