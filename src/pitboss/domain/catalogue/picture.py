"""The catalogue: everything slow and global, loaded whole and replaced whole when its version moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from pitboss.domain.catalogue.agent import Agent
from pitboss.domain.catalogue.game import Game
from pitboss.domain.catalogue.provider import Provider
from pitboss.domain.money import Currency, Unit, unit_of


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key's keyed hash and whom it lets in; the key itself is nowhere."""

    public_id: str
    agent_id: int
    scope: str
    key_hash: bytes = field(repr=False)
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One consistent picture of configuration. Look-ups return None for what is not there."""

    version: int
    agents: Mapping[int, Agent]
    agents_by_prefix: Mapping[str, Agent]
    agents_by_operator_id: Mapping[str, Agent]
    providers: Mapping[int, Provider]
    providers_by_code: Mapping[str, Provider]
    providers_by_operator_id: Mapping[str, Provider]
    games: Mapping[int, Game]
    games_by_code: Mapping[str, Game]
    games_by_provider: Mapping[tuple[int, int], Game]
    """By (provider id, the studio's own game id)."""
    currencies: Mapping[str, Currency]
    rates: Mapping[tuple[str, str], Sequence[tuple[datetime, Decimal]]]
    """By (from, to): (valid_from, rate), ascending."""
    api_keys: Mapping[str, ApiKey]
    exhausted: frozenset[int] = frozenset()
    """Agents that have used up their credit with the hub, as of a second ago at most."""

    def agent_of(self, text: str) -> Agent | None:
        """The agent whose prefix a session token or a userInGame begins with."""
        return self.agents_by_prefix.get(text[:5])

    def unit(self, provider: Provider, code: str) -> Unit | None:
        """What a studio means by a currency code: its own unit, or a currency it does not count otherwise."""
        own = provider.units.get(code)
        if own is not None:
            return own
        currency = self.currencies.get(code)
        if currency is None or code in provider.units_by_currency:
            return None
        return unit_of(currency)

    def plays(self, agent: Agent, game: Game | None) -> bool:
        """Whether the agent's players may stake on the game now: known, active, configured, not switched off."""
        if game is None or not game.active or game.id in agent.games_off:
            return False
        provider = self.providers[game.provider_id]
        terms = agent.providers.get(game.provider_id)
        return provider.active and terms is not None and terms.active

    def rate(self, from_currency: str, to_currency: str, at: datetime) -> Decimal | None:
        """The dated rate in force at `at` (directly, or 1 for the same currency); None when there is none."""
        if from_currency == to_currency:
            return Decimal(1)
        in_force = None
        for valid_from, rate in self.rates.get((from_currency, to_currency), ()):
            if valid_from > at:
                break
            in_force = rate
        return in_force
