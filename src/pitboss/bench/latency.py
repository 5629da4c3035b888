"""P2: how long a bet takes at 70 % of the load the hub can carry, counted from when it should have been sent."""

from statistics import median

from pitboss.bench.figure import Figure
from pitboss.bench.stage import Options, stage

SHARE = 0.7
ROUNDS = 3
_CONNECTIONS = 256


def measure(options: Options) -> Figure:
    """First the most the hub carries, then SHARE of it at an even pace that no slow answer slows down; p99 in ms."""
    with stage(options) as on:
        on.warm_up()
        most = on.generator.run(options.seconds).per_second
        on.settle()
        rate = SHARE * most
        options.say(f"full load {most:,.0f} bets/s, measured at {rate:,.0f} bets/s")
        loads = []
        for number in range(ROUNDS):
            load = on.generator.run(options.seconds, rate=rate, connections=_CONNECTIONS)
            on.settle()
            options.say(
                f"round {number + 1}: p50 {load.p50:.1f} ms, p99 {load.p99:.1f} ms, longest {load.longest:.1f} ms"
                f" ({load.answered:,} bets)"
            )
            loads.append(load.p99)
    return Figure("P2", median(loads), None, None, "ms")
