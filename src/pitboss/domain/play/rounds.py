"""A round's sums: what each transaction that stood, or was undone, makes of them. Amounts are minor units."""

from pitboss.domain.play.state import Round


def opened(provider_id: int, wallet_id: int, round_id: str, number: int, game_id: int | None) -> Round:
    """A round nothing has happened in."""
    return Round(provider_id, wallet_id, round_id, number, game_id, 0, 0, 0, False, 0)


def with_stake(known: Round, amount: int, round_finished: bool | None) -> Round:
    """After one more stake."""
    return known._replace(
        staked=known.staked + amount, bets=known.bets + 1, finished=known.finished or round_finished is True
    )


def ends_round(round_finished: bool | None, won: int) -> bool:
    """Whether a win is a round's last. Studios that leave round_finished null end a lost round with a zero win."""
    return round_finished is True or (round_finished is None and won == 0)


def with_win(known: Round, amount: int, finished: bool) -> Round:
    """After one more win; `finished`: it was the last."""
    return known._replace(won=known.won + amount, finished=known.finished or finished)


def with_return(known: Round, amount: int, round_finished: bool | None) -> Round:
    """After stakes were given back."""
    return known._replace(returned=known.returned + amount, finished=known.finished or round_finished is True)


def without(known: Round, kind: str, amount: int, round_finished: bool | None) -> Round:
    """After a transaction of that kind was undone."""
    finished = known.finished or round_finished is True
    if kind == "bet":
        return known._replace(returned=known.returned + amount, finished=finished)
    if kind == "refund":
        return known._replace(returned=known.returned - amount, finished=finished)
    return known._replace(won=known.won - amount, finished=finished)
