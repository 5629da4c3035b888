"""Provably fair numbers: a committed server seed, a client seed the player chooses, a nonce that counts rounds.

The player sees SHA-256(server seed) before the first round and the server seed after it is retired. Every random number
of a round comes from HMAC-SHA256(server_seed, "client_seed:nonce:counter"), counter = 0, 1, 2…: each digest is eight
big-endian 32-bit words, used in order. A number below n is `word mod n`; words from the last, incomplete run of n are
thrown away, so that every number is equally likely.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator

WORD_RANGE = 1 << 32
CLIENT_SEED_MAX = 64


def new_server_seed() -> str:
    """256 bits from the operating system's CSPRNG, as 64 hex digits (the text itself is the HMAC key)."""
    return secrets.token_hex(32)


def new_client_seed() -> str:
    """A client seed for a player who has not chosen one: 16 hex digits."""
    return secrets.token_hex(8)


def commitment(server_seed: str) -> str:
    """What the player is shown before the seed is used: SHA-256 of the seed's text, in hex."""
    return hashlib.sha256(server_seed.encode()).hexdigest()


class NumberStream:
    """The random numbers of one round; the same three inputs give the same numbers for ever."""

    def __init__(self, server_seed: str, client_seed: str, nonce: int) -> None:
        self._words = _words(server_seed.encode(), client_seed, nonce)

    def below(self, bound: int) -> int:
        """A uniform integer in [0, bound); bound from 1 to 2^32."""
        if not 1 <= bound <= WORD_RANGE:
            raise ValueError("bound must be between 1 and 2^32")
        fair = WORD_RANGE - WORD_RANGE % bound
        return next(word for word in self._words if word < fair) % bound


def _words(key: bytes, client_seed: str, nonce: int) -> Iterator[int]:
    counter = 0
    while True:
        digest = hmac.new(key, f"{client_seed}:{nonce}:{counter}".encode(), hashlib.sha256).digest()
        for start in range(0, len(digest), 4):
            yield int.from_bytes(digest[start : start + 4], "big")
        counter += 1
