"""P1: durable bets per second through HTTP with everything the product does, against TPC-B on the same server."""

from statistics import median

from pitboss.bench.figure import Figure, against
from pitboss.bench.pgbench import TpcB
from pitboss.bench.stage import Options, Stage, stage

ROUNDS = 3


def measure(options: Options) -> Figure:
    """Peer and ours in turns, ROUNDS times `seconds` each; medians. Every bet opens a round of its own."""
    with stage(options) as on, TpcB(on.database_url) as tpc_b:
        on.warm_up()
        peers, ours = zip(*(_round(on, tpc_b, number) for number in range(ROUNDS)), strict=True)
    return against("P1", median(ours), median(peers), "bets/s")


def _round(on: Stage, tpc_b: TpcB, number: int) -> tuple[float, float]:
    peer = tpc_b.run(on.options.seconds)
    load = on.generator.run(on.options.seconds)
    behind = on.settle()
    on.options.say(
        f"round {number + 1}: TPC-B {peer:,.0f} tx/s, bets {load.per_second:,.0f}/s"
        f" (p50 {load.p50:.1f} ms, p99 {load.p99:.1f} ms at full load; events moved {behind:.1f} s later)"
    )
    return peer, load.per_second
