"""What a round leaves in the reports: one line a story, worked out by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pitboss.domain.reports.quarters import Event, Played, changes_in_round, picture

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

# Each happening a quarter of an hour after the one before it; b: bet, w: win, r: refund, j: jackpot, p: promotional stake,
# x: cancel of the nth. Expected by quarter: rounds/bets/turnover, wins/winnings, refunds, cancels where they are not nothing.
STORIES = """
b10 w5                | 0: 1/1/10 | 1: win 1/5
b10 b20 x0            | 0: canceled | 1: 1/1/20
b10 r10               | 1: refund
b10 r4                | 0: 1/1/6 | 1: refund
b10 b10 r10           | 0: 1/1/10 | 2: refund
b10 b20 r10           | 1: 1/1/20 | 2: refund
b10 b20 r25           | 0: 1/1/5 | 2: refund
b10 r4 x1             | 0: 1/1/10 | 1: canceled
b10 b10 r10 x1        | 1: canceled | 2: refund
b10 r5 b10 x0         | 0: canceled | 1: refund | 2: 1/1/5
b10 w7 x1             | 0: 1/1/10 | 1: canceled
w7                    | 0: win 1/7
b10 w0                | 0: 1/1/10
b10 j9                | 0: 1/1/10 | 1: jackpot 1/9
p0 p0 x0              | 0: canceled | 1: 1 promo
b0                    | 0: 1/1/0
"""


def happenings(text: str) -> list[Played]:
    found: list[Played] = []
    for place, word in enumerate(text.split()):
        kind, amount = word[0], int(word[1:])
        at = START + place * timedelta(minutes=15)
        if kind == "x":
            undone = found[amount]
            found.append(
                Played(
                    "cancel", True, undone.provider_tx_id, place + 1, 7, -undone.moved, 0, Decimal(1), None, None, at
                )
            )
            continue
        name = {"b": "bet", "p": "bet", "w": "win", "j": "win", "r": "refund"}[kind]
        reason = {"p": "PROMO-FREESPIN", "j": "Jackpot"}.get(kind)
        moved = -amount if name == "bet" else amount
        found.append(Played(name, False, f"t{place}", place + 1, 7, moved, 0, Decimal(1), reason, None, at))
    return found


def event(played: Played) -> Event:
    return Event(played, "2sjccaaaaaaaaaaa-EUR", 1, "r", None, None)


def told(round_: list[Played]) -> dict[int, str]:
    found = {}
    for bucket, f in picture(event(round_[0]), round_).items():
        words = []
        if f.bets:
            words.append(f"{f.rounds}/{f.bets}/{f.turnover}")
        if f.wins or f.winnings:
            words.append(f"win {f.wins}/{f.winnings}")
        if f.jackpots:
            words.append(f"jackpot {f.jackpots}/{f.jackpot_winnings}")
        if f.promo_bets:
            words.append(f"{f.rounds} promo")
        words += ["refund"] * f.refunds + ["canceled"] * f.cancels
        assert f.turnover_settled == f.turnover and f.winnings_settled == f.winnings
        if words:
            found[(bucket.quarter - START) // timedelta(minutes=15)] = " ".join(words)
    return found


@pytest.mark.parametrize("line", STORIES.strip().splitlines(), ids=lambda line: line.partition("|")[0].strip())
def test_what_a_round_leaves(line: str) -> None:
    story, *expected = (part.strip() for part in line.split("|"))
    wanted = {int(part.partition(":")[0]): part.partition(": ")[2] for part in expected}
    round_ = happenings(story)
    assert told(round_) == wanted
    # Event by event it comes to the same.
    total: dict[tuple[object, ...], list[Decimal]] = {}
    for place in range(len(round_)):
        for bucket, figures in changes_in_round(event(round_[place]), round_[: place + 1]):
            known = total.setdefault(tuple(bucket), [Decimal(0)] * len(figures))
            total[tuple(bucket)] = [a + b for a, b in zip(known, figures, strict=True)]
    left = {key: figures for key, figures in total.items() if any(figures)}
    assert left == {tuple(b): list(f) for b, f in picture(event(round_[0]), round_).items() if any(f)}
