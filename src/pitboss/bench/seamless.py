"""P3: seamless bets per second through HTTP, against a bare reverse proxy in front of the same instant operator."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from pitboss.bench.figure import BenchError, Figure, against
from pitboss.bench.generator import Generator
from pitboss.bench.stage import Options, Stage, stage
from pitboss.bench.world import OperatorWallet

ROUNDS = 3
CONNECTIONS = 256
"""As many as a process of the hub has calls to one operator at once, unless told otherwise."""


def measure(options: Options) -> Figure:
    """Proxy and hub in turns, ROUNDS times `seconds` each; medians. Every bet opens a round of its own."""
    secret = secrets.token_hex(16)
    with _beside("instant_operator", secret) as operator_port:
        wallet = OperatorWallet(f"http://127.0.0.1:{operator_port}", secret)
        with (
            stage(options, wallet=wallet) as on,
            _beside("proxy", wallet.url) as proxy_port,
            Generator(on.world, proxy_port) as through_proxy,
        ):
            on.generator.run(min(3, options.seconds), connections=CONNECTIONS)
            on.settle()
            through_proxy.run(min(3, options.seconds), connections=CONNECTIONS)
            peers, ours = zip(*(_round(on, through_proxy, number) for number in range(ROUNDS)), strict=True)
    return against("P3", median(ours), median(peers), "bets/s")


def _round(on: Stage, through_proxy: Generator, number: int) -> tuple[float, float]:
    peer = through_proxy.run(on.options.seconds, connections=CONNECTIONS)
    load = on.generator.run(on.options.seconds, connections=CONNECTIONS)
    behind = on.settle()
    on.options.say(
        f"round {number + 1}: proxy {peer.per_second:,.0f}/s (p99 {peer.p99:.1f} ms), bets {load.per_second:,.0f}/s"
        f" (p50 {load.p50:.1f} ms, p99 {load.p99:.1f} ms at full load; events moved {behind:.1f} s later)"
    )
    return peer.per_second, load.per_second


@contextmanager
def _beside(module: str, told: str) -> Iterator[int]:
    """A process of the bench's own; the port it listens on."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"pitboss.bench.{module}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(told + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise BenchError(f"{module} did not start")
        yield int(line)
    finally:
        process.kill()
        process.communicate()
