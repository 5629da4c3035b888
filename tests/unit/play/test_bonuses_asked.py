"""Which batches look for bonuses: those of wallets that have some, and what may be about one that is over."""

from datetime import UTC, datetime, timedelta

import pytest

from pitboss.domain.play.state import Wallet
from pitboss.engine.bonus_book import Concern, RoundOf, asked_of
from pitboss.storage.bonuses.play import BonusAsked, RoundAsked

ENDED = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
NEVER = Wallet(11, "never", "never", "EUR", 0, 0, 1, False)
HAS = Wallet(12, "has", "has", "EUR", 0, 0, 1, False, has_bonuses=True)
HAD = Wallet(13, "had", "had", "EUR", 0, 0, 1, False, bonuses_ended_at=ENDED)
AGAIN = Wallet(14, "again", "again", "EUR", 0, 0, 1, False, has_bonuses=True, bonuses_ended_at=ENDED)
WALLETS = {wallet.user_in_game: wallet for wallet in (NEVER, HAS, HAD, AGAIN)}
ROUND = RoundOf(3, "r")
NO_ROUND = RoundOf(3, None)


def asked(name: str, round_: RoundOf, opened_at: datetime | None, *codes: str) -> BonusAsked | None:
    return asked_of({name: WALLETS[name]}, [Concern(name, round_, opened_at, codes)])


@pytest.mark.parametrize(
    ("name", "round_", "opened_at", "codes", "wanted"),
    [
        ("never", ROUND, ENDED, (), False),
        ("never", ROUND, None, ("c",), False),
        ("has", NO_ROUND, None, (), True),
        ("has", ROUND, None, (), True),
        ("again", ROUND, None, (), True),
        # Over: a new round, or one opened long after, has nothing of a bonus; one from before may, and whatever names a code.
        ("had", NO_ROUND, None, (), False),
        ("had", ROUND, None, (), False),
        ("had", ROUND, ENDED + timedelta(days=30), (), False),
        ("had", ROUND, ENDED - timedelta(days=30), (), True),
        ("had", ROUND, ENDED, (), True),
        # By the clock of another process, which may be ahead.
        ("had", ROUND, ENDED + timedelta(hours=1), (), True),
        ("had", ROUND, None, ("c",), True),
        ("had", NO_ROUND, None, ("c",), True),
    ],
)
def test_what_looks_for_bonuses(
    name: str, round_: RoundOf, opened_at: datetime | None, codes: tuple[str, ...], wanted: bool
) -> None:
    found = asked(name, round_, opened_at, *codes)
    assert (found is not None) is wanted
    if found is not None:
        wallet_id = WALLETS[name].id
        rounds = [RoundAsked(wallet_id, 3, "r")] if round_.round_id else []
        assert found == BonusAsked([wallet_id], rounds, list(codes))


def test_of_a_batch_only_whom_it_may_concern() -> None:
    concerns = [
        Concern("had", ROUND, None, ()), Concern("has", RoundOf(3, "s"), None, ("c",)), Concern("never", ROUND, None, ("d",)),
        Concern("nobody", ROUND, None, ("e",)),
    ]  # fmt: skip
    assert asked_of(WALLETS, concerns) == BonusAsked([12, 14], [RoundAsked(12, 3, "s")], ["c"])
