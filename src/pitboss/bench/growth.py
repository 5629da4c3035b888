"""P4: what a bet costs where very many have been, against the same where few have."""

from statistics import median

from pitboss.bench.figure import Figure, against
from pitboss.bench.stage import Options, Stage, stage

FEW = 10_000
ROUNDS = 3


def measure(options: Options) -> Figure:
    """Two databases, one with FEW transactions stored and one with `options.transactions`, in turns, ROUNDS times `seconds`."""
    apart = options._replace(database_url=None)
    with (
        stage(options, stored=options.transactions) as much,
        stage(apart, stored=min(FEW, options.transactions)) as few,
    ):
        for on in (few, much):
            on.warm_up()
        rates = [(_rate(few), _rate(much)) for _ in range(ROUNDS)]
        for place, (of_few, of_many) in enumerate(rates, 1):
            options.say(f"round {place}: {of_few:,.0f} bets/s with few stored, {of_many:,.0f} with many")
    few_rates, many_rates = zip(*rates, strict=True)
    return against("P4", median(many_rates), median(few_rates), "bets/s")


def _rate(on: Stage) -> float:
    rate = on.generator.run(on.options.seconds).per_second
    on.settle()
    return rate
