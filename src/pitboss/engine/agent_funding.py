"""Money from outside into an agent's wallet: through the engine and its ledger, like every other movement."""

import re
from datetime import datetime
from typing import NamedTuple

from pitboss.domain import ids
from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.catalogue.entry import read_amount
from pitboss.domain.invalid import Invalid
from pitboss.domain.ledger.commands import FundAgent
from pitboss.domain.money import Currency, format_minor
from pitboss.domain.play.decision import Accepted, Outcome, Refused
from pitboss.domain.refusals import Refusal
from pitboss.engine.hub import Hub
from pitboss.storage.audit import act
from pitboss.storage.database import Connection

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_WHY = {
    Refusal.AGENT_INSUFFICIENT_FUNDS: ("amount", "is more than the agent's wallet holds"),
    Refusal.BALANCE_OUT_OF_BOUNDS: ("amount", "would make the wallet hold more than it can"),
    Refusal.OTHER_DATA: ("request_id", "was used for something else"),
}


class Funded(NamedTuple):
    """What was moved and the balance after it, minor units of `currency`."""

    currency: Currency
    amount: int
    balance: int
    transaction_id: str


async def fund_from_outside(
    hub: Hub,
    conn: Connection,
    agent_id: int,
    currency_code: str,
    amount_text: str,
    request_id: str | None,
    *,
    actor: str,
    now: datetime,
) -> Funded:
    """Moves the amount, a plain decimal; a negative one leaves the wallet. With a request id a repeat moves nothing again.

    Raises Invalid. The intent is audited before, a refusal after it. `conn`: the owner's, in no transaction.
    """
    if request_id is not None and _REQUEST_ID.fullmatch(request_id) is None:
        raise Invalid("request_id", "must be 1 to 64 of A-Z, a-z, 0-9, _, ., : and -")
    agent = _transfer_agent(hub, agent_id)
    currency = agent.currencies.get(currency_code)
    if currency is None:
        raise Invalid(
            "currency", f"the agent has no {currency_code[:10]!r}; it has {', '.join(sorted(agent.currencies))}"
        )
    amount = read_amount("amount", amount_text, currency.scale)
    if amount == 0:
        raise Invalid("amount", "must not be zero")
    told = format_minor(amount, currency.scale)
    command = _command(hub, agent, currency_code, amount, f"fund {told}", request_id)
    detail: dict[str, object] = {"currency": currency_code, "transaction": command.provider_tx_id}
    await _audit(conn, actor, now, "agent.fund", agent, {"amount": told} | detail)
    outcome = await hub.engine.submit(command)
    if not isinstance(outcome, Accepted):
        await _audit(conn, actor, now, "agent.fund.refused", agent, {"why": _reason(outcome)} | detail)
        _say_why(outcome)
    assert isinstance(outcome, Accepted)
    return Funded(currency, amount, outcome.told, command.id)


def _transfer_agent(hub: Hub, agent_id: int) -> Agent:
    agent = hub.live.current.agents.get(agent_id)
    if agent is None:
        raise Invalid("agent", f"there is no agent {agent_id}")
    if agent.type is not AgentType.TRANSFER:
        raise Invalid("agent", "is a seamless agent: its money is with itself")
    return agent


def _command(hub: Hub, agent: Agent, currency: str, amount: int, said: str, request_id: str | None) -> FundAgent:
    new_id = hub.arrivals.id()
    return FundAgent(
        id=new_id,
        wallet_tx_id=hub.arrivals.id(),
        number=hub.arrivals.number(),
        agent_id=agent.id,
        user_in_game=ids.agent_wallet(currency),
        # Apart from what the agent's own requestIds can be.
        provider_tx_id=f"i:{new_id}" if request_id is None else f"f:{request_id}",
        amount=amount,
        account=agent.funding_accounts[currency],
        said=f"{said} {currency}",
    )


async def _audit(
    conn: Connection, actor: str, now: datetime, action: str, agent: Agent, detail: dict[str, object]
) -> None:
    async with act(conn, actor, now, reload=False) as under_way:
        await under_way.record(action, agent.name, detail, agent.id)


def _reason(outcome: Outcome) -> str:
    return outcome.refusal.value if isinstance(outcome, Refused) else type(outcome).__name__


def _say_why(outcome: Outcome) -> None:
    if isinstance(outcome, Refused) and outcome.refusal is Refusal.OUTCOME_UNKNOWN:
        raise Invalid(
            "amount",
            "may or may not have been moved: look at the agent's balance, or repeat with the same request id",
        )
    refusal = outcome.refusal if isinstance(outcome, Refused) else None
    raise Invalid(*_WHY.get(refusal, ("amount", f"was not moved: {_reason(outcome)}")))  # type: ignore[arg-type]
