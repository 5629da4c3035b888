"""`pitboss restore`: a backup into an empty database."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pitboss.cli.connect import DatabaseUrl, fail, run_or_exit
from pitboss.settings import Settings
from pitboss.storage import migrate
from pitboss.storage.backup import Backup, BackupError
from pitboss.storage.backup import restore as read_backup


def restore(
    file: Annotated[Path, typer.Argument(help="What `pitboss backup` wrote.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Read FILE into an empty database: everything or nothing.

    Example: createdb pitboss2 && pitboss restore /backups/pitboss-2026-01-31.dump --database-url postgresql://…/pitboss2
    """

    async def run(settings: Settings) -> Backup:
        return await read_backup(settings.database_url, file)

    try:
        restored = run_or_exit(run, database_url)
    except BackupError as error:
        fail(str(error))
    print(f"restored, schema {restored.revision}")
    if restored.revision != migrate.HEAD:
        print("pitboss: the backup is of an older program; run `pitboss db upgrade` next", file=sys.stderr)
    where = f"; the database expects it at {restored.master_key_file}" if restored.master_key_file else ""
    print(f"pitboss: put the master key file back yourself, it was NOT in the backup{where}", file=sys.stderr)
