"""A whole database into one file and back: PostgreSQL's own dump, all or nothing both ways (R14).

The master key is a file of its own and never in a backup: whoever finds the file finds no wallet secret in clear.
"""

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from pitboss.storage import migrate
from pitboss.storage.address import Address, without_password
from pitboss.storage.embedded import binary
from pitboss.storage.embedded.cluster import sync_folder
from pitboss.storage.roles import ENSURE_ROLES

_EMBEDDED_MAJOR = 18

_ANY_TABLE = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relkind DESC LIMIT 1"""


class BackupError(Exception):
    """A backup could not be written or read back; the message is one line without secrets."""


@dataclass(frozen=True)
class Backup:
    """What was written or read back: the schema's revision, and where the master key that belongs to it was."""

    revision: str
    master_key_file: str | None


async def backup(url: str, file: Path) -> Backup:
    """Write the database at an owner's `url` to `file` (mode 0600), as it is at one instant, while it runs.

    The file appears under its name when it is whole and on disk, replacing an older one. Raises BackupError,
    SchemaError for a database that is not at this program's revision, OSError or asyncpg's errors.
    """
    address = _address(url)
    connection = await asyncpg.connect(url)
    try:
        await migrate.ensure_current(connection)
        program = await _program("pg_dump", _major(connection))
        master_key_file = await connection.fetchval("SELECT master_key_file FROM hub")
    finally:
        await connection.close()
    with _whole(file) as work:
        await _run([program, "--format=custom", "--no-password", f"--file={work}", f"--dbname={address.url}"], address)
    return Backup(migrate.HEAD, master_key_file)


async def restore(url: str, file: Path) -> Backup:
    """Read a backup into the empty database at an owner's `url`: in one transaction, everything or nothing.

    Older backups keep their revision; upgrade afterwards. Raises BackupError when the database holds a table or the file
    is no backup of ours, SchemaTooNew for a backup of a newer program (before anything is written), OSError or
    asyncpg's errors.
    """
    address = _address(url)
    connection = await asyncpg.connect(url)
    try:
        program = await _program("pg_restore", _major(connection))
        revision = await _revision_in(program, file)
        migrate.refuse_unknown(revision)
        found = await connection.fetchval(_ANY_TABLE)
        if found is not None:
            raise BackupError(f"the database is not empty (it holds {found}): restore into a new one")
        await connection.execute(ENSURE_ROLES)
        await _run(
            [program, "--single-transaction", "--no-owner", "--no-password", f"--dbname={address.url}", str(file)],
            address,
        )
        # A fresh database has no statistics, and the planner guesses badly until autovacuum comes by.
        await connection.execute("ANALYZE")
        return Backup(revision, await connection.fetchval("SELECT master_key_file FROM hub"))
    finally:
        await connection.close()


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """A private path to write to, which takes the file's place when all went well."""
    if file.exists() and not file.is_file():
        raise BackupError(f"{file} is not a file")
    target = file.absolute()
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise BackupError(f"cannot write to {target.parent}: {error.strerror}") from error
    work = Path(name)
    try:
        yield work
        os.fsync(descriptor)
        work.replace(target)
        sync_folder(target.parent)
    finally:
        os.close(descriptor)
        work.unlink(missing_ok=True)


def _address(url: str) -> Address:
    try:
        return without_password(url)
    except ValueError as error:
        raise BackupError(str(error)) from None


def _major(connection: asyncpg.Connection) -> int:
    return connection.get_server_version().major


async def _program(name: str, server_major: int) -> str:
    """The program of the server's own version where there is one, else the embedded one, which knows all older ones."""
    installed = shutil.which(name)
    if installed is not None and await _major_of(installed) == server_major:
        return installed
    if server_major <= _EMBEDDED_MAJOR:
        return str(binary(name))
    raise BackupError(f"the server is PostgreSQL {server_major}: install its {name}")


async def _major_of(program: str) -> int | None:
    try:
        found = re.search(r"(\d+)(?:\.\d+|devel|beta|rc)", await _run([program, "--version"], None))
    except (BackupError, OSError):
        # A distribution's wrapper without a version behind it, say.
        return None
    return int(found[1]) if found else None


async def _revision_in(program: str, file: Path) -> str:
    text = await _run([program, "--data-only", "--table=alembic_version", "--file=-", str(file)], None)
    found = re.search(r"^COPY public\.alembic_version .*\n(\w+)$", text, re.MULTILINE)
    if found is None:
        raise BackupError(f"{file} is not a backup of this hub")
    return found[1]


async def _run(command: Sequence[str], address: Address | None) -> str:
    environment = {**os.environ, "LC_ALL": "C", **(address.environment() if address else {})}
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, errors = await process.communicate()
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if process.returncode != 0:
        lines = [line for line in errors.decode(errors="replace").splitlines() if "error:" in line]
        raise BackupError(lines[0] if lines else f"{Path(command[0]).name} ended with code {process.returncode}")
    return output.decode(errors="replace")
