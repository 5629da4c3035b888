"""`pitboss backup`: the whole database into one file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pitboss.cli.connect import DatabaseUrl, fail, run_or_exit
from pitboss.settings import Settings
from pitboss.storage.backup import Backup, BackupError
from pitboss.storage.backup import backup as write_backup


def backup(
    file: Annotated[
        Path, typer.Argument(help="Where to write it; an older file is replaced when the new one is whole.")
    ],
    database_url: DatabaseUrl = None,
) -> None:
    """Write the database, as it is at one instant, to FILE (mode 0600) while the hub runs.

    Example: pitboss backup /backups/pitboss-2026-01-31.dump
    """

    async def run(settings: Settings) -> Backup:
        return await write_backup(settings.database_url, file)

    try:
        written = run_or_exit(run, database_url)
    except BackupError as error:
        fail(str(error))
    print(f"{file}: {file.stat().st_size} bytes, schema {written.revision}")
    where = f" ({written.master_key_file})" if written.master_key_file else ""
    print(
        f"pitboss: the master key file{where} is NOT in the backup; keep a copy of it elsewhere,"
        " without it the stored wallet secrets cannot be read",
        file=sys.stderr,
    )
