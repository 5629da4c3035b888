"""API keys: `pb_` + public id + `_` + secret, all of [a-z0-9].

The public id is one letter for the scope, the agent's prefix and ten random characters: it finds the key and its agent
without a look-up across tenants. The secret spells 256 random bits. Only a keyed hash of the whole key is stored.
"""

import hmac
import re
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pitboss.domain import ids
from pitboss.domain.catalogue.picture import ApiKey, Catalogue

SECRET_BITS = 256
SECRET_LENGTH = 50
"""Characters of [a-z0-9] that spell 256 bits."""
_PUBLIC_BITS = 128
_KEY = re.compile(r"pb_([ape][a-z0-9]{15})_[a-z0-9]{50}", re.ASCII)


class Scope(StrEnum):
    """Which of the hub's interfaces a key opens; the values are what the database holds."""

    AGENT_API = "agent_api"
    PARTNER_API = "partner_api"
    EVENTS_API = "events_api"


class NewKey(NamedTuple):
    """A key just made. `text` is shown once, to the person who asked for it."""

    public_id: str
    text: str

    def __repr__(self) -> str:
        return f"NewKey(public_id={self.public_id!r})"


def new_key(scope: Scope, prefix: str, randbits: Callable[[int], int]) -> NewKey:
    """A key of the agent with this prefix; `randbits(n)` gives n bits nobody can foresee."""
    public_id = scope.value[0] + prefix + ids.spell(randbits(_PUBLIC_BITS), 10)
    return NewKey(public_id, f"pb_{public_id}_{ids.spell(randbits(SECRET_BITS), SECRET_LENGTH)}")


def verify(
    catalogue: Catalogue, text: str, scope: Scope, now: datetime, hash_key: Callable[[str], bytes]
) -> ApiKey | None:
    """The key that `text` is, when it opens `scope` at `now`; None for a wrong, foreign, expired or revoked one."""
    match = _KEY.fullmatch(text)
    key = catalogue.api_keys.get(match[1]) if match else None
    if key is None or not hmac.compare_digest(hash_key(text), key.key_hash):
        return None
    if key.scope != scope.value or key.revoked_at is not None or (key.expires_at is not None and now >= key.expires_at):
        return None
    return key
