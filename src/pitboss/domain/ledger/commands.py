"""What an agent, or the hub's administration, asks to be moved. Amounts are minor units, positive."""

from typing import NamedTuple


class MoveMoney(NamedTuple):
    """A deposit (agent's wallet -> player's) or a withdrawal (back).

    `provider_tx_id` is `r:` and the caller's requestId, or `i:` and the id given on arrival; with the provider 0 it is the
    idempotency key. `said` is what a repeat must match. With a `reason` it is an adjustment by hand: its key is `a:`
    and the adjustment's reference.
    """

    id: str
    wallet_tx_id: str
    agent_tx_id: str
    number: int
    agent_id: int
    user_in_game: str
    agent_wallet: str
    provider_tx_id: str
    amount: int
    is_deposit: bool
    said: str
    reason: str | None = None

    @property
    def provider_id(self) -> int:
        """The hub itself."""
        return 0


class FundAgent(NamedTuple):
    """Money from outside reaches the agent's wallet (`amount` > 0) or leaves it (< 0); `account` is the agent's funding account."""

    id: str
    wallet_tx_id: str
    number: int
    agent_id: int
    user_in_game: str
    provider_tx_id: str
    amount: int
    account: int
    said: str

    @property
    def provider_id(self) -> int:
        """The hub itself."""
        return 0
