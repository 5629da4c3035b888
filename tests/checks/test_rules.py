"""The project's own rules: each catches what it is there for, lets pass what it should, and the tree keeps them all."""

from pathlib import Path
from textwrap import dedent

import pytest

from tools.checks import exact_money, literal_sql, violations
from tools.checks.source import make_module, modules_of, read_module

ROOT = Path(__file__).parents[2]

DOMAIN, WIRE = "src/pitboss/domain/play/place_bet.py", "src/pitboss/wire/wallet.py"
EDGE, STORAGE, ENGINE = (
    "src/pitboss/edges/launch/real.py",
    "src/pitboss/storage/play/batch.py",
    "src/pitboss/engine/engine.py",
)
STUDIO = "src/pitboss_studio/rounds/play.py"

CAUGHT = [
    # Floats near money.
    (DOMAIN, "share = 0.5", "float-near-money"),
    (DOMAIN, "timeout = 0.5", "float-near-money"),
    (DOMAIN, "def f(amount: float): ...", "float-near-money"),
    (DOMAIN, "def f(text): return float(text)", "float-near-money"),
    (DOMAIN, "half = stake / 2", "float-near-money"),
    (DOMAIN, "n /= 2", "float-near-money"),
    (WIRE, "class Bet:\n    amount: float", "float-near-money"),
    (EDGE, "amount = float(text)", "float-near-money"),
    (EDGE, "def show(amount: float, timeout: float = 1.0): ...", "float-near-money"),
    (EDGE, "fee = amount * 1.5", "float-near-money"),
    (EDGE, "shown = wallet.balance / 100", "float-near-money"),
    (EDGE, "data = json.loads(body)", "float-near-money"),
    (EDGE, "data = msgspec.json.decode(body)", "float-near-money"),
    (EDGE, "DECODER = msgspec.json.Decoder()", "float-near-money"),
    (STORAGE, "def balance() -> list[float]: ...", "float-near-money"),
    ("src/pitboss_studio/wallet/client.py", "amount = float(answer)", "float-near-money"),
    # SQL elsewhere than in storage.
    (EDGE, "rows = conn.fetch('SELECT id FROM agent')", "sql-outside-storage"),
    (ENGINE, "q = '''\n  WITH w AS (SELECT 1)\n  SELECT 2'''", "sql-outside-storage"),
    (ENGINE, "q = 'select id from agent where id = $1'", "sql-outside-storage"),
    (ENGINE, "q = f'UPDATE {table} SET balance = 0'", "sql-outside-storage"),
    (ENGINE, "q = 'INSERT INTO wallet (id) VALUES ($1)'", "sql-outside-storage"),
    (ENGINE, "q = 'BEGIN; SET LOCAL x = 1'", "sql-outside-storage"),
    (STUDIO, "db.execute('DELETE FROM players WHERE id = ?')", "sql-outside-storage"),
    (STUDIO, "db.execute('SELECT 1')", "sql-outside-storage"),
    # SQL made of values.
    (STORAGE, "def find(name): return f\"SELECT id FROM player WHERE username = '{name}'\"", "sql-made-of-values"),
    (STORAGE, "q = 'SELECT id FROM player WHERE id = %s' % name", "sql-made-of-values"),
    (STORAGE, "q = 'SELECT id FROM player WHERE id = ' + name + ' LIMIT 1'", "sql-made-of-values"),
    (STORAGE, "q = 'SELECT id FROM {}'.format(table)", "sql-made-of-values"),
    (STORAGE, "q = f'SET LOCAL app.agent_id = {agent}'", "sql-made-of-values"),
    ("src/pitboss_studio/storage/rounds.py", "q = f'DELETE FROM {table}'", "sql-made-of-values"),
    # Waiting for others while a connection is held.
    (EDGE, "async with db.tenant(1) as c: await self._client.post(url)", "waiting-in-transaction"),
    (EDGE, "async with db.tenant(1) as c:\n  if x:\n    y = (await http.get(url)).text", "waiting-in-transaction"),
    (EDGE, "async with db.tenant(1) as c: await hub.engine.submit(bet)", "waiting-in-transaction"),
    (EDGE, "async with db.tenant(1) as c: await asyncio.sleep(1)", "waiting-in-transaction"),
    (STORAGE, "async with a() as x, conn.transaction(): await httpx.get(url)", "waiting-in-transaction"),
    (
        ENGINE,
        "async with self._store.begin(1):\n  async with client.stream('GET', url) as r: pass",
        "waiting-in-transaction",
    ),
    (
        EDGE,
        "from pitboss.operators import authenticate\nasync with db.anyone() as c: await authenticate(c)",
        "waiting-in-transaction",
    ),
    # What reaches out of the core.
    (DOMAIN, "import time", "impure-core"),
    (DOMAIN, "from random import choice", "impure-core"),
    (DOMAIN, "import os.path", "impure-core"),
    (DOMAIN, "import secrets", "impure-core"),
    (DOMAIN, "from urllib.request import urlopen", "impure-core"),
    (DOMAIN, "import msgspec", "impure-core"),
    (DOMAIN, "now = datetime.now(UTC)", "impure-core"),
    (DOMAIN, "today = datetime.date.today()", "impure-core"),
    (DOMAIN, "rules = open('rules.txt').read()", "impure-core"),
    (WIRE, "import httpx", "impure-core"),
    (WIRE, "import time", "impure-core"),
    # Size and names.
    (ENGINE, "def f():\n" + "    x = 1\n" * 60, "long-function"),
    (ENGINE, "x = 1\n" * 401, "long-file"),
    ("src/pitboss/engine/utils.py", "x = 1", "forbidden-name"),
    ("src/pitboss/engine/helpers.py", "x = 1", "forbidden-name"),
    ("src/pitboss/storage/manager.py", "x = 1", "forbidden-name"),
    ("src/pitboss/common/money.py", "x = 1", "forbidden-name"),
    ("tests/helpers.py", "x = 1", "forbidden-name"),
]

ALLOWED = [
    (DOMAIN, "half = stake // 2"),
    (DOMAIN, "import re, hashlib\nfrom decimal import Decimal\nfrom pitboss.domain.money import Money"),
    (DOMAIN, "from urllib.parse import urlsplit"),
    (DOMAIN, "from datetime import datetime\ndef f(now: datetime): return now.date()"),
    (DOMAIN, '"""A float, 0.5 of it; SELECT nothing FROM anything; time.time()."""'),
    (WIRE, "import msgspec\nDECODER = msgspec.json.Decoder(Bet)"),
    (EDGE, "data = json.loads(body, parse_float=Decimal)"),
    (EDGE, "timeout_seconds = 0.5"),
    (EDGE, "def f(self, timeout: float = 10.0): self._pause = min(2 * self._pause, 0.5)"),
    (EDGE, "async def f(): await asyncio.sleep(0.01)"),
    (EDGE, "page = folder / 'error.html'"),
    (EDGE, "message = 'Select a game from the list'\nother = 'Update your settings'\nthird = 'begin'"),
    (EDGE, "text = 'drop the ball'\nmore = 'with care as (always)'"),
    (EDGE, "async with db.tenant(1) as c: row = await c.fetchrow(q)\nawait client.post(url)"),
    (EDGE, "async with db.tenant(1) as c:\n  async def later(): await client.post(url)"),
    (EDGE, "async with asyncio.timeout(1): await client.post(url)"),
    (STORAGE, "q = 'SELECT id FROM agent WHERE id = $1'"),
    (STORAGE, "q = 'SELECT id FROM agent ' 'WHERE id = $1'"),
    (STORAGE, "raise Error(f'the database {name} has no schema')"),
    ("src/pitboss_studio/games/slot/simulation.py", "rtp = won / staked\nmargin = 0.1"),
    ("src/pitboss/bench/bets.py", "q = 'SELECT count(*) FROM transaction'\nseconds = 1 / rate"),
    ("tests/unit/test_money.py", "q = 'SELECT 1'\nx = 0.5\nimport time"),
    (ENGINE, "def f():\n" + "    x = 1\n" * 59),
    (ENGINE, "x = 1\n" * 400),
]


@pytest.mark.parametrize(("path", "text", "rule"), CAUGHT)
def test_a_planted_violation_is_caught(path: str, text: str, rule: str) -> None:
    found = violations(make_module(path, dedent(text)))
    assert {violation.rule for violation in found} == {rule}
    assert all(str(violation).startswith(f"{path}:") and violation.advice for violation in found)


@pytest.mark.parametrize(("path", "text"), ALLOWED)
def test_what_is_right_passes(path: str, text: str) -> None:
    assert violations(make_module(path, dedent(text))) == []


def test_two_migrations_with_one_number_are_seen(tmp_path: Path) -> None:
    folder = tmp_path / "src/pitboss/storage/migrations/versions"
    folder.mkdir(parents=True)
    for name in ("0014_keys.py", "0015_tags.py", "0015_limits.py"):
        (folder / name).write_text('"""A migration."""\n')
    found = [violation for path in sorted(folder.iterdir()) for violation in violations(read_module(path))]
    assert [Path(violation.path).name for violation in found] == ["0015_limits.py", "0015_tags.py"]
    assert {violation.rule for violation in found} == {"migration-number"}


def test_the_line_is_that_of_the_mistake() -> None:
    [found] = violations(make_module(DOMAIN, "x = 1\n\ny = 0.5\n"))
    assert found.line == 3


def test_the_tree_keeps_the_rules() -> None:
    modules = list(modules_of(ROOT))
    assert len(modules) > 100, "the tree was not found"
    assert [str(violation) for module in modules for violation in violations(module)] == []


def test_every_exception_is_still_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that is excused but no longer wrong would excuse the next mistake made there."""
    documented = set(literal_sql.DOCUMENTED)
    monkeypatch.setattr(literal_sql, "DOCUMENTED", {})
    monkeypatch.setattr(exact_money, "NOT_MONEY", {})
    found = [(module, violation) for module in modules_of(ROOT) for violation in violations(module)]
    made = [violation.advice for _, violation in found if violation.rule == "sql-made-of-values"]
    assert {name for name in documented if not any(f"add {name} with" in advice for advice in made)} == set()
