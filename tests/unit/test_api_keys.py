"""Keys: their form, and which doors they open when."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pitboss.domain.agents.keys import Scope, new_key, verify
from pitboss.domain.catalogue import ApiKey, Catalogue

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def hashed(text: str) -> bytes:
    return hmac.digest(b"k" * 32, text.encode(), hashlib.sha256)


def catalogue_of(*keys: ApiKey) -> Catalogue:
    return cast(Catalogue, SimpleNamespace(api_keys={key.public_id: key for key in keys}))


def stored(text: str, public_id: str, **changes: Any) -> ApiKey:
    members = {"scope": "agent_api", "expires_at": None, "revoked_at": None} | changes
    return ApiKey(public_id=public_id, agent_id=9, key_hash=hashed(text), **members)


def test_a_key_carries_its_scope_and_agent_and_256_random_bits() -> None:
    asked: list[int] = []

    def bits(count: int) -> int:
        asked.append(count)
        return (1 << count) - 1

    key = new_key(Scope.PARTNER_API, "2sjcc", bits)
    assert key.text.startswith("pb_p2sjcc")
    assert asked[-1] == 256
    # 2**256 - 1 written in base 36, least digit first, is 50 digits long: nothing of the 256 bits is lost.
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    assert sum(digits.index(c) * 36**i for i, c in enumerate(key.text.rpartition("_")[2])) == 2**256 - 1
    assert key.text not in repr(key)


def test_it_opens_its_own_door_until_it_ends() -> None:
    key = new_key(Scope.AGENT_API, "2sjcc", secrets.randbits)
    row = stored(key.text, key.public_id, expires_at=NOW + timedelta(seconds=1))
    assert verify(catalogue_of(row), key.text, Scope.AGENT_API, NOW, hashed) is row
    assert verify(catalogue_of(row), key.text, Scope.AGENT_API, NOW + timedelta(seconds=1), hashed) is None
    assert verify(catalogue_of(row), key.text, Scope.PARTNER_API, NOW, hashed) is None


def test_a_revoked_key_opens_nothing() -> None:
    key = new_key(Scope.AGENT_API, "2sjcc", secrets.randbits)
    row = stored(key.text, key.public_id, revoked_at=NOW - timedelta(days=1))
    assert verify(catalogue_of(row), key.text, Scope.AGENT_API, NOW, hashed) is None


@pytest.mark.parametrize(
    "spoil", ["last", "first of the secret", "space", "newline", "upper", "short", "empty", "public id"]
)
def test_nothing_but_the_key_opens(spoil: str) -> None:
    key = new_key(Scope.AGENT_API, "2sjcc", secrets.randbits)
    row, head, tail = stored(key.text, key.public_id), *key.text.rsplit("_", 1)
    other = {
        "last": key.text[:-1] + ("a" if key.text[-1] != "a" else "b"),
        "first of the secret": f"{head}_{'a' if tail[0] != 'a' else 'b'}{tail[1:]}",
        "space": key.text + " ",
        "newline": key.text + "\n",
        "upper": key.text.upper(),
        "short": key.text[:-1],
        "empty": "",
        "public id": key.public_id,
    }[spoil]
    assert verify(catalogue_of(row), other, Scope.AGENT_API, NOW, hashed) is None
