"""What studios ask of the hub, translated from their dialect into exact money and the hub's own ids.

`id`, `wallet_tx_id` (32 hex digits) and `number` are given out on arrival, so that a command survives a lost connection to the
database under the same name. Amounts are minor units of the player's currency; None when the named unit is unknown, which
cannot pass the currency check. `said` is what a repeat must match, in words a person can read. `context` (JSON text of what the
studio sent along) and a WIN's or REFUND's `token` are for seamless agents, whose operator hears of them.
"""

from typing import NamedTuple

from pitboss.domain.catalogue.game import Game
from pitboss.domain.money import Currency


class PlaceBet(NamedTuple):
    """A stake. `game` is None when the studio's game is unknown here; `playable` when the agent's players may stake on it;
    `credit_left` unless its agent has used up its credit with the hub."""

    id: str
    wallet_tx_id: str
    number: int
    round_number: int
    agent_id: int
    provider_id: int
    user_in_game: str
    token: str | None
    provider_tx_id: str
    round_id: str
    round_finished: bool | None
    currency: Currency | None
    amount: int | None
    game: Game | None
    playable: bool
    agent_active: bool
    settle_rate: str | None
    reason: str | None
    campaign_code: str | None
    history_id: str | None
    said: str
    credit_left: bool = True
    context: str = ""


class SettleWin(NamedTuple):
    """What a round paid, possibly zero. Never refused for a session, a block or a finished round."""

    id: str
    wallet_tx_id: str
    number: int
    round_number: int
    agent_id: int
    provider_id: int
    user_in_game: str
    provider_tx_id: str
    round_id: str
    round_finished: bool | None
    currency: Currency | None
    amount: int | None
    game: Game | None
    settle_rate: str | None
    reason: str | None
    campaign_code: str | None
    history_id: str | None
    said: str
    token: str | None = None
    context: str = ""


class RefundBet(NamedTuple):
    """Return of stakes of the same round by the game."""

    id: str
    wallet_tx_id: str
    number: int
    agent_id: int
    provider_id: int
    user_in_game: str
    provider_tx_id: str
    round_id: str
    round_finished: bool | None
    currency: Currency | None
    amount: int | None
    game: Game | None
    settle_rate: str | None
    reason: str | None
    campaign_code: str | None
    history_id: str | None
    said: str
    token: str | None = None
    context: str = ""


class CancelTransaction(NamedTuple):
    """Undo of a transaction, whether or not it ever arrived; told by user and transaction id alone. Another round or game
    (the hub's id) than the transaction's is remarked on, no more; None is none named."""

    id: str
    wallet_tx_id: str
    number: int
    agent_id: int
    provider_id: int
    user_in_game: str
    provider_tx_id: str
    round_finished: bool | None
    allow_negative: bool
    round_id: str | None = None
    game_id: int | None = None


class FinishRound(NamedTuple):
    """No more transactions are expected in a round."""

    id: str
    agent_id: int
    provider_id: int
    user_in_game: str
    round_id: str


class ReadStatus(NamedTuple):
    """What became of a transaction; asked in line with the others of the same wallet."""

    id: str
    agent_id: int
    provider_id: int
    user_in_game: str
    provider_tx_id: str


class EndBonus(NamedTuple):
    """A player's grant ends: `remove` it, whatever is in it, or else end it if its time is over."""

    id: str
    agent_id: int
    user_in_game: str
    code: str
    remove: bool

    @property
    def provider_id(self) -> int:
        """The hub itself."""
        return 0


PlayCommand = PlaceBet | SettleWin | RefundBet | CancelTransaction | FinishRound | ReadStatus | EndBonus
