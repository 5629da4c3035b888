"""An agent's events into a file, CSV or Parquet, as they stood when it began. A file that is there is whole."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pitboss.domain.invalid import Invalid
from pitboss.storage import statements
from pitboss.storage.database import Connection

TOGETHER: Final = 20_000
# Nothing is guessed: what an event says must not decide how it is read. An event is 16 MiB at most, and CSV doubles quotes.
_TO_PARQUET: Final = """
  COPY (
    SELECT * FROM read_csv(
      $1,
      columns = {
        'seq': 'BIGINT', 'received_at': 'TIMESTAMPTZ', 'at': 'TIMESTAMPTZ', 'kind': 'VARCHAR', 'unique_id': 'VARCHAR',
        'player_id': 'VARCHAR', 'game_id': 'VARCHAR', 'round_id': 'VARCHAR', 'currency': 'VARCHAR', 'amount': 'DECIMAL(38, 9)',
        'amount_eur': 'DECIMAL(38, 18)', 'is_win': 'BOOLEAN', 'is_bonus': 'BOOLEAN', 'method': 'VARCHAR', 'corrects': 'VARCHAR',
        'changes': 'VARCHAR'
      },
      auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = '',
      allow_quoted_nulls = false, parallel = false, max_line_size = 50331648, buffer_size = 100663296)
  ) TO $2 (FORMAT parquet, COMPRESSION zstd)"""


async def last_number(conn: Connection, agent_id: int) -> int:
    """How far an agent's events go. Raises Invalid for an unknown agent."""
    if await conn.fetchval("SELECT 1 FROM agent WHERE id = $1", agent_id) is None:
        raise Invalid("agent", f"there is no agent {agent_id}")
    number: int = await conn.fetchval(statements.sql("events/last_number"), agent_id)
    return number


async def export(
    conn: Connection, agent_id: int, after: int, upto: int, target: Path, told: Callable[[int], None]
) -> None:
    """Write the events numbered above `after` up to `upto`; `told(n)` is called as they are written. Needs the owner's connection.

    `target` ends in .csv or .parquet. Raises OSError.
    """
    # Beside the target, so that the last step is a rename.
    with tempfile.TemporaryDirectory(prefix=".events-", dir=target.parent) as folder:
        table = Path(folder) / "events.csv"
        await _write_csv(conn, agent_id, after, upto, table, told)
        done = table
        if target.suffix == ".parquet":
            done = Path(folder) / "events.parquet"
            _to_parquet(table, done)
        os.replace(done, target)


async def _write_csv(
    conn: Connection, agent_id: int, after: int, upto: int, table: Path, told: Callable[[int], None]
) -> None:
    with table.open("wb") as output:
        for start in range(after, max(upto, after + 1), TOGETHER):
            stop = min(start + TOGETHER, upto)
            await conn.copy_from_query(
                statements.sql("events/export"), agent_id, start, stop, output=output, format="csv", header=start == after
            )  # fmt: skip
            told(stop - start)
        output.flush()
        os.fsync(output.fileno())


def _to_parquet(table: Path, target: Path) -> None:
    # It takes half a second to load; whoever exports no Parquet does not pay for it.
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(_TO_PARQUET, [str(table), str(target)])
