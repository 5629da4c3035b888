"""Passwords of people: kept as Argon2id hashes, never read back."""

import asyncio
import os

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

_ROUNDS, _LANES, _MEMORY_KIB = 2, 1, 19 * 1024
"""The weakest setting that is recommended for new systems (19 MiB, two rounds): about 20 ms."""
_SALT_BYTES, _HASH_BYTES = 16, 32
_AT_ONCE = asyncio.Semaphore(4)
"""Each takes 19 MiB: a crowd of guesses waits instead of filling memory."""


def hash_password(password: str) -> str:
    """The hash to keep, with its salt and parameters, as a PHC string."""
    argon = Argon2id(
        salt=os.urandom(_SALT_BYTES), length=_HASH_BYTES, iterations=_ROUNDS, lanes=_LANES, memory_cost=_MEMORY_KIB
    )
    return argon.derive_phc_encoded(password.encode())


async def is_password(password: str, kept: str | None) -> bool:
    """Whether it is the one that was hashed. Without a hash, no, after the same time."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_is_password, password, kept)


def _is_password(password: str, kept: str | None) -> bool:
    if kept is None:
        hash_password(password)
        return False
    try:
        Argon2id.verify_phc_encoded(password.encode(), kept)
    except InvalidKey:
        return False
    return True
