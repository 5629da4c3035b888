"""Where the page of a thing is, for links from other pages."""

from urllib.parse import quote

from pitboss.backoffice.url import Url


def player_path(agent_id: int, player_id: str) -> str:
    """A player's page."""
    return f"/agents/{agent_id}/players/{quote(player_id, safe='')}"


def rounds_path(agent_id: int, **wanted: str) -> str:
    """An agent's rounds, by these filters."""
    return str(Url(f"/agents/{agent_id}/rounds", wanted))


def round_path(agent_id: int, studio: str, user_in_game: str, round_id: str) -> str:
    """The page of one player's part of a round. `studio`: its code."""
    return (
        f"/agents/{agent_id}/rounds/{quote(studio, safe='')}/{quote(user_in_game, safe='')}/{quote(round_id, safe='')}"
    )
