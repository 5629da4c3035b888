"""Players: how an agent may name them, and what the hub knows of one."""

import re
from datetime import datetime
from typing import NamedTuple

_USERNAME = re.compile(r"[a-z0-9]{4,30}")


class Player(NamedTuple):
    """A player of one agent. `currency` and `country` (alpha-2) are what createPlayer said of them, None and empty when nothing."""

    player_id: str
    username: str
    currency: str | None
    country: str
    blocked: bool
    created_at: datetime


def valid_username(text: str) -> bool:
    """4 to 30 of [a-z0-9] and nothing else, a newline at the end included (the agent API, "Decisions")."""
    return _USERNAME.fullmatch(text) is not None
