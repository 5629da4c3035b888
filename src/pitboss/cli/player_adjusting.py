"""A player's balance put right from the command line: through the engine and its ledger, as the back office does it."""

import logging
import secrets

from pitboss.cli.administration import Desk
from pitboss.domain.invalid import Invalid
from pitboss.domain.ledger.adjustment import read_adjustment
from pitboss.domain.money import format_minor
from pitboss.engine.adjusting import adjust_balance
from pitboss.engine.open import open_hub
from pitboss.log import configure_logging


async def adjust(
    desk: Desk,
    agent_id: int,
    username: str,
    currency: str,
    amount: str,
    debit: bool,
    reason: str,
    request_id: str | None,
) -> dict[str, object]:
    """Moves the amount and tells the balance after it. Raises Invalid."""
    # What a hub at work tells its log is no answer; only trouble is worth a line here, and on stderr.
    configure_logging(logging.WARNING)
    reference = secrets.token_hex(16) if request_id is None else request_id
    async with open_hub(desk.settings) as hub:
        agent = hub.live.current.agents.get(agent_id)
        if agent is None:
            raise Invalid("agent", f"there is no agent {agent_id}")
        wish = read_adjustment(agent, username, currency, amount, not debit, reason, reference)
        adjusted = await adjust_balance(hub, desk.conn, agent_id, wish, actor=desk.actor)
        return {
            "agent_id": agent_id,
            "username": username,
            "currency": currency,
            "amount": wish.told,
            "balance": format_minor(adjusted.balance, wish.currency.scale),
            "transaction_id": adjusted.transaction_id,
            "reference": reference,
        }
