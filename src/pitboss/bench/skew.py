"""P5: what one hot player, one hot agent or a few popular players cost, against bets spread evenly."""

from collections.abc import Mapping, Sequence
from statistics import median

from pitboss.bench.figure import Figure, against
from pitboss.bench.stage import Options, stage

AGENTS, PLAYERS = 8, 1_000
ROUNDS = 2
_ZIPF = 1.1
_UNIFORM = "uniform"


def loads() -> Mapping[str, Sequence[float]]:
    """Weights of all players, the agents' one after another, by the name of the load."""
    of_agent = PLAYERS // AGENTS
    return {
        _UNIFORM: [1.0] * PLAYERS,
        "one player": [1.0] + [0.0] * (PLAYERS - 1),
        "one agent": [1.0] * of_agent + [0.0] * (PLAYERS - of_agent),
        # The popular ones are spread over the agents.
        "zipf": [1 / (1 + rank * 367 % PLAYERS) ** _ZIPF for rank in range(PLAYERS)],
    }


def measure(options: Options) -> Figure:
    """Each load in turns, ROUNDS times `seconds`; the worst median against the even one."""
    rates: dict[str, list[float]] = {name: [] for name in loads()}
    with stage(options, agents=AGENTS, players=PLAYERS) as on:
        on.warm_up()
        for _ in range(ROUNDS):
            for name, weights in loads().items():
                load = on.generator.run(options.seconds, weights=weights)
                rates[name].append(load.per_second)
                on.settle()
                options.say(f"{name}: {load.per_second:,.0f} bets/s, p99 {load.p99:.1f} ms")
    medians = {name: median(of_load) for name, of_load in rates.items()}
    even = medians.pop(_UNIFORM)
    worst = min(medians, key=lambda name: medians[name])
    options.say(f"worst: {worst}")
    return against("P5", medians[worst], even, "bets/s")
