"""The stake range of one bet (the agent API, "Bet limits are enforced by the wallet, not only stored")."""

from pitboss.domain.catalogue.game import BetLimit


def within_bet_limits(amount: int, limit: BetLimit | None) -> bool:
    """Whether a stake of `amount` minor units may be placed. No limit in the currency: any; a stake of nothing: always."""
    return limit is None or amount == 0 or limit.min_stake <= amount <= limit.max_stake
