"""Secrets that must be read back, sealed with a master key that never is in the database (docs/adr/0006).

The master key is 32 random bytes in a file of its own, as 64 hex digits. Sealed: one byte of version, 12 random bytes of
nonce, AES-256-GCM of the text, bound to what the secret belongs to, so that one row's secret is no use in another.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pitboss.storage.database import Connection

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_READABLE_BY_ALL = 0o007


class MasterKeyError(Exception):
    """The master key is missing, unusable, or not the one this database was made with; the message names the file."""


class SecretBox:
    """Seals and opens with one master key. Shows nothing of it."""

    __slots__ = ("_cipher", "_hash_key")

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise MasterKeyError(f"a master key has {KEY_BYTES} bytes")
        self._cipher = AESGCM(_derive(key, b"pitboss seal"))
        self._hash_key = _derive(key, b"pitboss api keys")

    def __repr__(self) -> str:
        return "SecretBox(…)"

    def __reduce__(self) -> str:
        raise TypeError("a SecretBox is not to be copied elsewhere")

    def seal(self, text: str, context: bytes) -> bytes:
        """Text -> bytes that only `open` with the same context reads."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), context)

    def open(self, sealed: bytes, context: bytes) -> str:
        """What was sealed for `context`. Raises MasterKeyError for another key, another context or changed bytes."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _VERSION or len(nonce) != _NONCE_BYTES:
            raise MasterKeyError(f"the secret of {context.decode()} is not in a known form")
        try:
            return self._cipher.decrypt(nonce, body, context).decode()
        except InvalidTag:
            raise MasterKeyError(
                f"the master key does not open the secret of {context.decode()}: not the key this database was made with"
            ) from None

    def hash_key(self, api_key: str) -> bytes:
        """The keyed hash an API key is stored and looked up by (HMAC-SHA256)."""
        return hmac.digest(self._hash_key, api_key.encode(), hashlib.sha256)


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def agent_context(agent_id: int) -> bytes:
    """What an agent's secret is sealed for."""
    return f"agent:{agent_id}".encode()


def provider_context(provider_id: int) -> bytes:
    """What a provider's secret is sealed for."""
    return f"provider:{provider_id}".encode()


async def ensure_master_key(conn: Connection, default_dir: Path, key_file: str | None = None) -> Path:
    """The path of the master key, made on first start in `default_dir` (mode 0600) and recorded in the hub's row.

    `key_file` (PITBOSS_MASTER_KEY_FILE) goes first; it too is made when it is missing and the database has no secret yet.
    Needs the owner's connection. Raises MasterKeyError.
    """
    async with conn.transaction():
        recorded: str | None = await conn.fetchval("SELECT master_key_file FROM hub FOR UPDATE")
        if key_file is None and recorded is not None:
            return Path(recorded)
        if key_file is not None and (_exists(key_file) or await _any_sealed(conn) is not None):
            return Path(key_file)
        path = _make_key_file(Path(key_file) if key_file is not None else _free_name(default_dir))
        if key_file is None:
            await conn.execute("UPDATE hub SET master_key_file = $1", str(path))
        return path


async def open_box(conn: Connection, key_file: str | None) -> SecretBox:
    """The box of this database's master key: `key_file` (PITBOSS_MASTER_KEY_FILE), else the file the hub's row names.

    Checked against one stored secret, so that a wrong key is found out before anything is sealed with it. Works under any
    role. Raises MasterKeyError.
    """
    path: str | None = key_file or await conn.fetchval("SELECT master_key_file FROM hub")
    if path is None:
        raise MasterKeyError(
            "there is no master key yet: `pitboss serve` makes it on its first start, or set PITBOSS_MASTER_KEY_FILE"
        )
    box = SecretBox(read_master_key(Path(path)))
    sealed = await _any_sealed(conn)
    if sealed is not None:
        try:
            box.open(*sealed)
        except MasterKeyError as error:
            raise MasterKeyError(f"{path}: {error}") from None
    return box


def read_master_key(path: Path) -> bytes:
    """The key in a file. Raises MasterKeyError that names the file and never its content."""
    try:
        mode, text = path.stat().st_mode, path.read_text("ascii").strip()
        key = bytes.fromhex(text)
    except OSError as error:
        raise MasterKeyError(f"the master key file {path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise MasterKeyError(f"the master key file {path} does not hold {2 * KEY_BYTES} hex digits") from None
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"the master key file {path} does not hold {2 * KEY_BYTES} hex digits")
    if mode & _READABLE_BY_ALL:
        raise MasterKeyError(f"the master key file {path} is open to every user of this machine: chmod 600 it")
    return key


async def _any_sealed(conn: Connection) -> tuple[bytes, bytes] | None:
    row = await conn.fetchrow(
        "(SELECT 'agent:' || id AS context, sealed_secret FROM agent ORDER BY id LIMIT 1)"
        " UNION ALL (SELECT 'provider:' || id, sealed_secret FROM provider ORDER BY id LIMIT 1) LIMIT 1"
    )
    return None if row is None else (row["sealed_secret"], row["context"].encode())


def _exists(path: str) -> bool:
    return os.path.exists(path)


def _free_name(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory.resolve() / "master.key"
    # Two hubs may share a directory; another one's key is never taken for ours.
    return path.with_name(f"master-{secrets.token_hex(4)}.key") if path.exists() else path


def _make_key_file(path: Path) -> Path:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise MasterKeyError(f"the master key file {path} cannot be made: {error.strerror}") from None
    return path.resolve()
