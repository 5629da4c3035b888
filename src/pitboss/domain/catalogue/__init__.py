"""What is offered: providers, games, units, limits, agents and their terms, as one immutable picture in memory."""

from pitboss.domain.catalogue.agent import Agent, AgentType, ProviderTerms, WalletTerms
from pitboss.domain.catalogue.game import BetLimit, BetLimitSet, Game
from pitboss.domain.catalogue.picture import ApiKey, Catalogue
from pitboss.domain.catalogue.provider import Provider

__all__ = [
    "Agent",
    "AgentType",
    "ApiKey",
    "BetLimit",
    "BetLimitSet",
    "Catalogue",
    "Game",
    "Provider",
    "ProviderTerms",
    "WalletTerms",
]
