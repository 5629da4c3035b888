"""A wallet client for one seamless agent, with the time in a test's hands where it matters."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pitboss.domain.catalogue import Agent, AgentType, WalletTerms
from pitboss.domain.money import Currency
from pitboss.domain.outbound import EVERYWHERE_INSIDE, Reach
from pitboss.domain.seamless.operator_call import OperatorCall
from pitboss.engine.error_log import ErrorLog, Exchange
from pitboss.operators import WalletClient
from wallet_peer import SECRET

NOW = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
EUR = Currency("EUR", 2)
BET = (
    '{"token":"launchtoken0123456789abc","user_id":"611","transaction_type":"BET","transaction_id":18446744073709551616,'
    '"round_id":99999999999999999999,"round_finished":false,"game_id":200,"currency_code":"EUR","amount":17.250}'
)
WIN = BET.replace("BET", "WIN")


class Noted(ErrorLog):
    """An error log that keeps what was noted, beside the rows made of it."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.noted: list[tuple[int, Exchange]] = []
        super().__init__(self._keep)

    async def _keep(self, agent_id: int, rows: Any) -> None:
        self.rows += rows

    def note(self, agent_id: int, exchange: Exchange, *known_secrets: str) -> None:
        self.noted.append((agent_id, exchange))
        super().note(agent_id, exchange, *known_secrets)


def agent_at(url: str | None, agent_id: int = 3, **terms: Any) -> Agent:
    return Agent(
        id=agent_id, prefix="seaaa", name="Sea", type=AgentType.SEAMLESS, parent_id=None, active=True, base_currency=EUR,
        currencies={"EUR": EUR}, operator_id="casinosea", secret=SECRET, wallet_url=url, default_country="", utc_offset_min=0,
        one_session=False, allow_negative=False, credit_limit=None, allowed_ips=(), providers={}, games_off=frozenset(),
        house_accounts={}, funding_accounts={}, wallet_terms=replace(WalletTerms(), **terms),
    )  # fmt: skip


@dataclass
class Stage:
    client: WalletClient
    errors: Noted
    agents: dict[int, Agent]
    time: list[float] = field(default_factory=lambda: [0.0])

    async def ask(self, command: str = "changebalance", data: str = BET, agent_id: int = 3) -> Any:
        return await self.client.ask(OperatorCall(agent_id, command, data, "tx-1"))


@asynccontextmanager
async def stage_at(
    *agents: Agent, reach: Reach = EVERYWHERE_INSIDE, frozen: bool = False, failures_to_open: int = 5
) -> AsyncIterator[Stage]:
    """`frozen`: the client's seconds are `stage.time[0]`."""
    known, errors, time = {agent.id: agent for agent in agents}, Noted(), [0.0]

    async def agent_of(agent_id: int) -> Agent | None:
        return known.get(agent_id)

    clocks: dict[str, Any] = {"monotonic": lambda: time[0]} if frozen else {}
    client = WalletClient(reach, agent_of, errors, clock=lambda: NOW, failures_to_open=failures_to_open, **clocks)
    try:
        yield Stage(client, errors, known, time)
    finally:
        await client.close()
