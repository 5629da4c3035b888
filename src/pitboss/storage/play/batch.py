"""The engine's store: lock, load and write one batch of one agent (see `sql/play/`)."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from pitboss.domain.bonus.grant import Grant
from pitboss.domain.play.state import Entry, Player, Round, Session, Transaction, Wallet
from pitboss.domain.seamless.call import Call, CallKind, Phase
from pitboss.storage import statements
from pitboss.storage.bonuses.play import BonusAsked, BonusesLoaded, MoveRow, load_bonuses
from pitboss.storage.database import Connection, Database
from pitboss.storage.packing import array_text
from pitboss.storage.players.limits import Limited, read_limited, use_values

_TX, _ROUND, _SESSION, _PLAYER = slice(0, 25), slice(25, 35), slice(35, 41), slice(41, 46)
_TIMES = slice(46, 48)
_LOCK_TIMEOUT_MS, _LOCK_TIMEOUT_TOGETHER_MS = 2_000, 250
"""One command can wait long; many together only as long as another process's batch takes, then each waits for itself."""
_WALLETS_OF_ONE = 2


class StoreMismatch(RuntimeError):
    """The database touched other rows than the batch meant to: nothing of the batch may be committed."""


class Key(NamedTuple):
    """What one command needs to know; None where it needs no such thing."""

    provider_id: int
    wallet_id: int | None
    provider_tx_id: str | None
    round_id: str | None
    token: str | None
    player_id: str | None


class Loaded(NamedTuple):
    """What is stored for a key. `round_opened_at`, `known_at`: when round and transaction were stored, by that process's clock."""

    known: Transaction | None
    round: Round | None
    session: Session | None
    player: Player | None
    round_opened_at: datetime | None
    known_at: datetime | None


@dataclass(slots=True)
class Changes:
    """All that one batch writes, in the order it was decided. `wallets`: new value and the version it was loaded with.
    `marks`: wallets' ids, and whether they have open bonuses from now on."""

    batch_id: str
    at: datetime
    wallets: list[tuple[Wallet, int]] = field(default_factory=list)
    new_rounds: list[Round] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    canceled: list[Transaction] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    settled: list[Transaction] = field(default_factory=list)
    forgotten: list[Transaction] = field(default_factory=list)
    new_calls: list[Call] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    ended_calls: list[Call] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    moves: list[MoveRow] = field(default_factory=list)
    marks: list[tuple[int, bool]] = field(default_factory=list)
    uses: list[tuple[Any, ...]] = field(default_factory=list)
    """Counters of limited players, as `limits.use_row` makes them."""
    events: bytes | None = None

    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (
            self.wallets or self.new_rounds or self.rounds or self.transactions or self.events or self.settled
            or self.forgotten or self.new_calls or self.calls or self.ended_calls or self.grants or self.moves
            or self.uses or self.marks
        )  # fmt: skip


class PlayStore:
    """`one_statement`: write a batch with one data-modifying statement; otherwise piece by piece (Citus, scale rule 7)."""

    def __init__(self, database: Database, one_statement: bool = True) -> None:
        self._database = database
        self._one_statement = one_statement

    @asynccontextmanager
    async def begin(self, agent_id: int) -> AsyncIterator["BatchTransaction"]:
        """One transaction; committed when the block ends, so what follows the block is durable."""
        async with self._database.tenant(agent_id) as connection:
            yield BatchTransaction(connection, agent_id, self._one_statement)


class BatchTransaction:
    """The steps of a batch inside its transaction, in the order lock, load, store."""

    def __init__(self, connection: Connection, agent_id: int, one_statement: bool) -> None:
        self._connection = connection
        self._agent_id = agent_id
        self._one_statement = one_statement

    async def lock(self, names: Sequence[str], wait: bool) -> tuple[dict[str, Wallet], int]:
        """Lock the wallets of these userInGame. Without `wait`, those another process holds are missing in the answer.

        Also the latest time (ns) in the id of a batch that changed one of them: this batch's id must be later.
        """
        if wait:
            timeout = _LOCK_TIMEOUT_MS if len(names) <= _WALLETS_OF_ONE else _LOCK_TIMEOUT_TOGETHER_MS
            await self._connection.execute(f"SET LOCAL lock_timeout = {timeout}")
        query = statements.sql("play/wait_for_wallets" if wait else "play/lock_wallets")
        rows = await self._connection.fetch(query, self._agent_id, array_text(names))
        return {row[1]: Wallet(*row[:10]) for row in rows}, max((row[10] for row in rows), default=0)

    async def existing(self, names: Sequence[str]) -> set[str]:
        """Which of these userInGame have a wallet, locked by whomever."""
        rows = await self._connection.fetch(statements.sql("play/existing_wallets"), self._agent_id, names)
        return {row[0] for row in rows}

    async def load(self, keys: Sequence[Key]) -> list[Loaded]:
        """What is stored for each key. Call it after `lock`: its snapshot must be younger than the locks."""
        columns = map(array_text, zip(*keys, strict=True))
        rows = await self._connection.fetch(statements.sql("play/load"), self._agent_id, *columns, len(keys))
        return [
            Loaded(
                Transaction(*row[_TX]) if row[0] is not None else None,
                Round(*row[_ROUND]) if row[25] is not None else None,
                Session(*row[_SESSION]) if row[35] is not None else None,
                Player(*row[_PLAYER]) if row[41] is not None else None,
                *row[_TIMES],
            )
            for row in rows
        ]

    async def load_calls(self, wallet_ids: Sequence[int]) -> list[Call]:
        """The unsettled calls of these wallets to their seamless operator. After `lock`, like `load`."""
        rows = await self._connection.fetch(statements.sql("play/load_calls"), self._agent_id, wallet_ids)
        return [Call(*row)._replace(kind=CallKind(row[2]), phase=Phase(row[10])) for row in rows]

    async def load_bonuses(self, asked: BonusAsked) -> BonusesLoaded:
        """Bonuses of the batch's wallets; only batches with wallets that have any ask. After `lock`, like `load`."""
        return await load_bonuses(self._connection, self._agent_id, asked)

    async def load_limited(self, players: Sequence[str]) -> Mapping[str, Limited]:
        """Limits and counters of these players, who have some. After `lock`, like `load`."""
        return await read_limited(self._connection, self._agent_id, players)

    async def store(self, changes: Changes) -> None:
        """Write the batch. Raises StoreMismatch, or the database's own error; then nothing may be committed."""
        pieces = _pieces(changes)
        values = _values(self._agent_id, changes)
        expected = [count for _, count in pieces]
        if self._one_statement and pieces:
            statement = statements.together(*(path for path, _ in pieces))
            row = await self._connection.fetchrow(statement.sql, *(values[name] for name in statement.parameters))
            touched = list(row) if row is not None else []
        else:
            touched = [await self._alone(path, values) for path, _ in pieces]
        if changes.marks:
            # Never in one statement with `change_wallets`: of two updates of a row it does one.
            touched.append(await self._alone("play/mark_bonuses", values))
            expected.append(len(changes.marks))
        if touched != expected:
            raise StoreMismatch(f"meant to touch {expected} rows, touched {touched}")

    async def _alone(self, path: str, values: dict[str, Any]) -> int:
        statement = statements.alone(path)
        return len(await self._connection.fetch(statement.sql, *(values[name] for name in statement.parameters)))


def _pieces(changes: Changes) -> list[tuple[str, int]]:
    """The pieces a batch needs and how many rows each must touch; a row lock taken late would be a deadlock, so wallets first."""
    counted = (
        ("play/change_wallets", len(changes.wallets)),
        ("play/open_rounds", len(changes.new_rounds)),
        ("play/change_rounds", len(changes.rounds)),
        ("play/record_transactions", len(changes.transactions)),
        ("play/cancel_transactions", len(changes.canceled)),
        ("play/settle_transactions", len(changes.settled)),
        ("play/forget_transactions", len(changes.forgotten)),
        ("play/post_entries", len(changes.entries)),
        ("play/open_calls", len(changes.new_calls)),
        ("play/change_calls", len(changes.calls)),
        ("play/end_calls", len(changes.ended_calls)),
        ("play/change_grants", len(changes.grants)),
        ("play/record_moves", len(changes.moves)),
        ("limits/put_uses", len(changes.uses)),
        ("play/leave_events", 1 if changes.events else 0),
    )
    return [(path, count) for path, count in counted if count]


_TX_NAMES = (
    "tx_provider tx_provider_tx_id tx_is_cancel tx_id tx_wallet_tx_id tx_number tx_kind tx_state tx_said tx_refusal tx_wallet "
    "tx_wallet_version tx_game tx_round tx_real tx_bonus tx_before tx_after tx_told tx_settle_rate tx_reason tx_campaign "
    "tx_history tx_review tx_answer"
).split()
_ROUND_NAMES = "provider wallet id number game staked returned won finished bets".split()
_ENTRY_NAMES = (
    "entry_id entry_transaction entry_from entry_to entry_amount entry_from_version entry_from_after entry_to_version "
    "entry_to_after"
).split()
_SETTLED_NAMES = "provider tx_id state refusal version real bonus before after told review answer".split()
_CALL_NAMES = (
    "provider wallet kind subject round place reference amount data asked_at phase due taken_until tries last_error"
).split()
_GRANT_NAMES = "id state used balance required counted converted closed_at".split()
_MOVE_NAMES = "wallet version grant provider round uses value staked money required counted converted".split()
_WALLET_NAMES = "wallet_id balance bonus_balance version may_go_negative from_version".split()


def _values(agent_id: int, changes: Changes) -> dict[str, Any]:
    values: dict[str, Any] = {
        "agent_id": agent_id,
        "at": changes.at,
        "batch_id": changes.batch_id,
        "batch_ns": int(changes.batch_id[:16], 16),
        "events": changes.events.decode() if changes.events else None,
    }
    wallets = [
        (w.id, w.balance, w.bonus_balance, w.version, w.may_go_negative, before) for w, before in changes.wallets
    ]
    _spread(values, _WALLET_NAMES, wallets)
    _spread(values, [f"new_round_{name}" for name in _ROUND_NAMES], sorted(changes.new_rounds, key=_round_key))
    _spread(values, [f"round_{name}" for name in _ROUND_NAMES], changes.rounds)
    # Two processes that write the same ids in different orders could wait for each other for ever.
    _spread(values, _TX_NAMES, sorted(changes.transactions, key=_idempotency_key))
    _spread(values, ["canceled_provider", "canceled_tx_id"], [tx[:2] for tx in changes.canceled])
    _spread(values, _ENTRY_NAMES, changes.entries)
    grants = [
        (g.id, g.state, g.used, g.balance, g.required, g.counted, g.converted, g.closed_at) for g in changes.grants
    ]
    _spread(values, [f"grant_{name}" for name in _GRANT_NAMES], grants)
    moves = [(wallet_id, recorded.wallet_version, *recorded.move) for wallet_id, recorded in changes.moves]
    _spread(values, [f"move_{name}" for name in _MOVE_NAMES], moves)
    _spread(values, ["marked_wallet", "marked_live"], changes.marks)
    _add_calls(values, changes)
    if changes.uses:
        values.update(use_values(changes.uses))
    return values


def _add_calls(values: dict[str, Any], changes: Changes) -> None:
    """What batches of seamless agents write besides."""
    settled = [
        (tx[0], tx[1], tx.state, tx.refusal, tx.wallet_version, tx.real_amount, tx.bonus_amount, tx.balance_before,
         tx.balance_after, tx.told, tx.review, tx.answer)
        for tx in changes.settled
    ]  # fmt: skip
    _spread(values, [f"settled_{name}" for name in _SETTLED_NAMES], settled)
    _spread(values, ["forgotten_provider", "forgotten_tx_id"], [tx[:2] for tx in changes.forgotten])
    _spread(values, [f"new_call_{name}" for name in _CALL_NAMES], changes.new_calls)
    _spread(values, [f"call_{name}" for name in _CALL_NAMES], changes.calls)
    _spread(values, [f"ended_{name}" for name in _CALL_NAMES], changes.ended_calls)


def _idempotency_key(transaction: tuple[Any, ...]) -> tuple[Any, ...]:
    return transaction[:3]


def _round_key(round_: tuple[Any, ...]) -> tuple[Any, ...]:
    return round_[:3]


def _spread(values: dict[str, Any], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows to one array a column, as text."""
    if rows:
        values.update(zip(names, map(array_text, zip(*rows, strict=True)), strict=True))
