"""A run's summary, for people and for programs."""

from pitboss.simulate.tally import Tally


def as_json(tally: Tally, seed: int) -> dict[str, object]:
    """Amounts are decimal strings in the studio's units; returns are percentages of the stake, each round counting the same."""
    return {
        "seed": seed,
        "rounds": tally.rounds,
        "sessions": tally.sessions,
        "deposits": tally.deposits,
        "money": {
            code: {"turnover": format(money.turnover, "f"), "winnings": format(money.winnings, "f")}
            for code, money in sorted(tally.money.items())
        },
        "games": {
            game: {"rounds": of.rounds, "rtp": of.rtp, "margin999": of.margin, "theoretical": of.theoretical}
            for game, of in sorted(tally.games.items())
        },
        "refusals": dict(tally.refusals.most_common()),
        "failures": dict(tally.failures.most_common()),
        "skipped": sorted(tally.skipped),
    }


def as_text(tally: Tally, seed: int) -> str:
    """Some lines for a terminal."""
    lines = [f"rounds    {tally.rounds:,} in {tally.sessions:,} sessions, {tally.deposits:,} deposits, seed {seed}"]
    lines += [
        f"money     {code}: turnover {money.turnover:f}, winnings {money.winnings:f}"
        for code, money in sorted(tally.money.items())
    ]
    for game, of in sorted(tally.games.items()):
        band = "" if of.margin is None else f" ± {of.margin:.2f} (99.9 %)"
        lines.append(
            f"return    {game}: {of.rtp:.2f} %{band} over {of.rounds:,} rounds, theoretical {of.theoretical} %"
        )
    lines += [f"skipped   {game}" for game in sorted(tally.skipped)]
    lines += [f"refused   {count:,} × {kind}" for kind, count in tally.refusals.most_common()]
    lines += [f"FAILED    {count:,} × {kind}" for kind, count in tally.failures.most_common()]
    return "\n".join(lines)
