"""What of a stake or win is an event of its own (docs/feed.md): real money, and bonus or promotional money; one of nothing too."""

from datetime import UTC, datetime

import pytest

from pitboss.domain.events.own_play import Teller, told
from pitboss.domain.reports.quarters import Played

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "moved", "bonus", "campaign", "expected"),
    [
        ("bet", -1_000, 0, None, [("", "10", False)]),
        ("bet", -1_000, -250, None, [("", "7.5", False), ("b", "2.5", True)]),
        ("bet", -1_000, -1_000, None, [("b", "10", True)]),
        ("bet", 0, 0, None, [("", "0", False)]),
        ("bet", -1_000, 0, "gift", [("", "10", True)]),
        ("win", 0, 0, None, [("", "0", False)]),
        ("win", 305, 5, None, [("", "3", False), ("b", "0.05", True)]),
        ("win", 305, 305, None, [("b", "3.05", True)]),
        ("win", 305, 5, "gift", [("", "3.05", True)]),
    ],
)
def test_real_money_and_what_is_not_are_apart(
    kind: str, moved: int, bonus: int, campaign: str | None, expected: list[tuple[str, str, bool]]
) -> None:
    played = Played(kind, False, "t", 1, 7, moved, bonus, None, None, campaign, AT)
    events = told(Teller("f" * 32, AT, "p", "r", "EUR", 2, {7: "g"}), played)
    assert [(e.unique_id, e.amount, e.is_bonus) for e in events] == [("f" * 32 + s, a, b) for s, a, b in expected]
    assert all(e.is_win is (kind == "win") and e.at == AT and e.game_id == "g" for e in events)
