"""The pages, one module each. Each has `pages(office)`, which registers what it shows."""

from pitboss.backoffice.office import Office
from pitboss.backoffice.pages import (
    agent_games,
    agent_settings,
    agents,
    audit,
    errors,
    games,
    overview,
    player,
    players,
    recovery,
    round,
    rounds,
    staff,
)


def register(office: Office) -> None:
    """Every page of the back office."""
    for module in (
        rounds,
        round,
        overview,
        agents,
        agent_games,
        agent_settings,
        games,
        recovery,
        errors,
        audit,
        staff,
        players,
        player,
    ):
        module.pages(office)
