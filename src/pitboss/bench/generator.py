"""The load generator's process, from this side."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple, Self

from pitboss.bench.figure import BenchError
from pitboss.bench.programs import HOST
from pitboss.bench.world import STUDIO_GAME, World

CONNECTIONS = 256


class Load(NamedTuple):
    """What one phase reached: bets per second answered in time, latencies in ms from when each was due."""

    per_second: float
    answered: int
    p50: float
    p99: float
    longest: float


class Generator:
    """Plays the world's studio against a hub's port."""

    def __init__(self, world: World, port: int) -> None:
        self._port = port
        self.players = sum(len(seats) for seats in world.seats)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pitboss.bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        # On stdin, since it holds the studio's secret.
        setting = {
            "operator_id": world.operator_id,
            "secret": world.secret,
            "host": f"{HOST}:{port}",
            "game": STUDIO_GAME,
            "seats": [(seat.user_in_game, seat.token, seat.balance) for seats in world.seats for seat in seats],
        }
        self._tell(setting)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def run(
        self,
        seconds: float,
        *,
        rate: float | None = None,
        most: int | None = None,
        weights: Sequence[float] | None = None,
        connections: int = CONNECTIONS,
    ) -> Load:
        """One phase: `rate` bets a second whatever comes back, or as many as the connections carry; those end before their time
        with the `most` there may be.

        `weights` say how often each player bets, uniform by default. Raises BenchError for any wrong answer.
        """
        self._tell(
            {
                "host": HOST,
                "port": self._port,
                "seconds": seconds,
                "rate": rate,
                "most": most,
                "connections": connections,
                "weights": list(weights) if weights is not None else [1] * self.players,
                "seed": 7,
            }
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise BenchError("the load generator died")
        report = json.loads(line)
        if report["wrong"] or report["balances_off"]:
            example = report["examples"][0] if report["examples"] else ""
            raise BenchError(
                f"{report['wrong']} wrong answers, {report['balances_off']} players with a wrong balance: {example}"
            )
        ms = report["ms"]
        return Load(report["per_second"], report["answered"], ms["p50"], ms["p99"], ms["max"])

    def _tell(self, message: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
