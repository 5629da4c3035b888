"""Putting a player's balance right by hand: a transfer between its wallet and its agent's, with a reason, once per reference.

In the ledger it is what the agent's own deposit or withdrawal would be, so that everything that counts money counts it; its key
(`a:` and the reference) and its reason tell it apart, and as the agent's event it is of the method `adjustment`.
"""

from typing import NamedTuple

from pitboss.domain import ids
from pitboss.domain.invalid import Invalid
from pitboss.domain.ledger.adjustment import Adjustment
from pitboss.domain.ledger.commands import MoveMoney
from pitboss.domain.play.decision import Accepted, Outcome, Refused
from pitboss.domain.refusals import Refusal
from pitboss.engine.hub import Hub
from pitboss.engine.parties import open_parties
from pitboss.storage.audit import act
from pitboss.storage.database import Connection

_WHY = {
    Refusal.INSUFFICIENT_FUNDS: ("amount", "is more than the player's wallet holds"),
    Refusal.AGENT_INSUFFICIENT_FUNDS: ("amount", "is more than the agent's wallet holds"),
    Refusal.BALANCE_OUT_OF_BOUNDS: ("amount", "would make the wallet hold more than it can"),
    Refusal.OTHER_DATA: ("reference", "was used for something else"),
    Refusal.OVERLOADED: ("amount", "was not moved: the hub is too busy; try again"),
}
_BALANCE_AFTER = -1


class MaybeAdjusted(Invalid):
    """Whether money moved is not known. The same adjustment with the same reference may be asked for again: it happens once."""


class Adjusted(NamedTuple):
    """`balance`: the player's after it, minor units; `transaction_id`: 32 hex digits."""

    player_id: str
    balance: int
    transaction_id: str


async def adjust_balance(hub: Hub, conn: Connection, agent_id: int, wish: Adjustment, *, actor: str) -> Adjusted:
    """Move the money. `conn`: the owner's, for the audit: what is intended stands there before, a refusal after it. Raises Invalid,
    of which MaybeAdjusted is one."""
    async with hub.database.tenant(agent_id) as tenant:
        player_id = await open_parties(tenant, hub.arrivals, agent_id, wish.username, wish.currency.code)
    if player_id is None:
        raise Invalid("username", f"agent {agent_id} has no player {wish.username[:40]!r}")
    await _audit(hub, conn, actor, agent_id, player_id, "player.adjust", wish)
    outcome = await hub.engine.submit(_command(hub, agent_id, player_id, wish))
    if isinstance(outcome, Accepted) and outcome.answer is not None:
        # The words of a transfer: its id first, the player's balance last (the same again for a repeat).
        words = outcome.answer.split(" ")
        return Adjusted(player_id, int(words[_BALANCE_AFTER]), words[0])
    if outcome != Refused(Refusal.OUTCOME_UNKNOWN):
        await _audit(hub, conn, actor, agent_id, player_id, "player.adjust.refused", wish, why=_reason(outcome))
        raise Invalid(*_why(outcome))
    again = f"ask for the same once more with the request id {wish.reference}, it cannot happen twice"
    raise MaybeAdjusted("amount", f"may or may not have been moved: {again}")


def _command(hub: Hub, agent_id: int, player_id: str, wish: Adjustment) -> MoveMoney:
    return MoveMoney(
        id=hub.arrivals.id(),
        wallet_tx_id=hub.arrivals.id(),
        agent_tx_id=hub.arrivals.id(),
        number=hub.arrivals.number(),
        agent_id=agent_id,
        user_in_game=ids.user_in_game(player_id, wish.currency.code),
        agent_wallet=ids.agent_wallet(wish.currency.code),
        # Apart from what the agent's own requestIds can be.
        provider_tx_id=f"a:{wish.reference}",
        amount=wish.amount,
        is_deposit=wish.credit,
        said=wish.said,
        reason=wish.reason,
    )


async def _audit(
    hub: Hub, conn: Connection, actor: str, agent_id: int, player_id: str, action: str, wish: Adjustment, **more: str
) -> None:
    detail = {
        "username": wish.username, "amount": wish.told, "currency": wish.currency.code, "reason": wish.reason,
        "transaction": f"a:{wish.reference}", **more,
    }  # fmt: skip
    async with act(conn, actor, hub.clock(), reload=False) as under_way:
        await under_way.record(action, player_id, detail, agent_id)


def _reason(outcome: Outcome) -> str:
    return outcome.refusal.value if isinstance(outcome, Refused) else type(outcome).__name__


def _why(outcome: Outcome) -> tuple[str, str]:
    refusal = outcome.refusal if isinstance(outcome, Refused) else None
    return _WHY.get(refusal, ("amount", f"was not moved: {_reason(outcome)}"))  # type: ignore[arg-type]
