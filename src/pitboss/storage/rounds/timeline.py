"""Everything the hub knows of one player's part of a round, in the order it happened (the back office, "round timeline").

What it does not know, because nobody stores it, is not made up:

- that a signature was good is stored with nothing, but nothing is stored of a message before its signature was found good; so
  every message of a studio here had a good one (`Signature.GOOD`). Where it was not, the exchange is in the error log, for a week;
- repetitions of a message that was answered before are answered from its row and leave no trace; so do retries of a call to an
  operator's wallet, but for the count and the last error while the call is not settled, and the error log's exchanges;
- of an answer there is the balance that was told, or the refusal; not its bytes.
"""

import heapq
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from pitboss.domain.seamless.call import Call, CallKind, Phase
from pitboss.storage import statements
from pitboss.storage.api_errors import ApiErrorRow
from pitboss.storage.database import Connection
from pitboss.storage.play.played import PlayedTransaction
from pitboss.storage.rounds.errors import AboutRound, errors_of_round
from pitboss.storage.rounds.places import CLOCKS_AGREE, first_version_since
from pitboss.storage.rounds.postings import Posting, read_postings
from pitboss.storage.rounds.rows import RoundKey, RoundRow, read_rows

MOST_STEPS: Final = 1_000
_MESSAGES: Final = frozenset({"bet", "win", "refund", "cancel", "unknown"})


class Signature(StrEnum):
    """What is known of the signature of a message or of an exchange that failed.

    `good`: it was checked and held; `refused`: it did not hold, or was of another time; `none`: there was none to check, the
    hub did it itself, or no answer came; `untold`: the log does not tell."""

    GOOD = "good"
    REFUSED = "refused"
    NONE = "none"
    UNTOLD = "untold"


class BonusMove(NamedTuple):
    """What a step did to a player's bonus; signed minor units. See `domain.bonus.grant.Move`."""

    wallet_version: int
    grant_id: uuid.UUID
    code: str
    uses: int
    value: int
    staked: int
    money: int
    required: int
    counted: int
    converted: int


class Step(NamedTuple):
    """A message of the studio, or what the hub did itself right behind one (`convert`, `forfeit`: provider 0).

    Amounts are signed minor units of the wallet's currency: what the wallet gained of real and of bonus money; `told`: the balance
    in the answer. A seamless agent's balances are what its operator told. `state`: ok, refused (see `refusal`, and `answer` for an
    operator's own words), canceled, tombstone (cancelled before it came), pending, voiding, parked. `canceled_by`: the number of
    the cancel in this round that undid it; a canceled step without one was made void by the hub. `review`: why a person may want
    to look at it. `said`: the words a repetition must match. `call`: the call to the operator's wallet about it, not settled yet.
    `wallet_version`: its place in what happened to the wallet; None where nothing did. `at`: when it was stored (UTC)."""

    provider_id: int
    provider_tx_id: str
    is_cancel: bool
    id: uuid.UUID
    wallet_tx_id: uuid.UUID
    number: int
    kind: str
    state: str
    said: str
    refusal: str | None
    wallet_version: int | None
    game_id: int | None
    real_amount: int
    bonus_amount: int
    balance_before: int
    balance_after: int
    told: int
    settle_rate: Decimal | None
    reason: str | None
    campaign_code: str | None
    history_id: str | None
    review: str | None
    answer: str | None
    at: datetime
    postings: tuple[Posting, ...] = ()
    bonus_moves: tuple[BonusMove, ...] = ()
    call: Call | None = None
    canceled_by: int | None = None

    @property
    def signature(self) -> Signature:
        """Nothing a studio sent is stored before its signature was found good."""
        return Signature.GOOD if self.kind in _MESSAGES else Signature.NONE


class Timeline(NamedTuple):
    """`steps`: in order; no more than MOST_STEPS (`cut`: there are more). `calls`: all calls to the operator's wallet about the
    round that are not settled, those of a step too. `errors`: failed exchanges that were about it; `errors_looked_to`: where it was
    stopped looking for them. `game_log`: what `providers.round_history` asks the studio's log by; None where no message is
    the studio's."""

    round: RoundRow
    steps: Sequence[Step]
    cut: bool
    calls: Sequence[Call]
    errors: Sequence[ApiErrorRow]
    errors_looked_to: datetime | None
    game_log: PlayedTransaction | None

    def happenings(self) -> Iterator[Step | ApiErrorRow]:
        """Steps and failed exchanges by time; steps keep the order of their wallet."""
        return heapq.merge(self.steps, self.errors, key=lambda each: each.at)


def signature_of(failed: ApiErrorRow) -> Signature:
    """Of a failed exchange: a studio's message, or an operator's answer."""
    if failed.direction == "out":
        if failed.error == "the answer has a hash that does not hold":
            return Signature.REFUSED
        # An operator's error code is read after the hash was found good.
        return Signature.GOOD if failed.error.startswith("OP_") and failed.http_status == 200 else Signature.NONE
    if failed.error == "OP_20":
        return Signature.REFUSED
    # A message that cannot be read is refused (OP_50) before or after its hash is looked at.
    return Signature.UNTOLD if failed.error == "OP_50" else Signature.GOOD


async def wallet_called(conn: Connection, agent_id: int, user_in_game: str) -> int | None:
    """The wallet of this userInGame."""
    found: int | None = await conn.fetchval(statements.sql("wallets/find_id"), agent_id, user_in_game)
    return found


async def timeline(conn: Connection, agent_id: int, provider_id: int, wallet_id: int, round_id: str) -> Timeline | None:
    """None where nothing was ever said of such a round. Needs a transaction of the tenant, as the application's role."""
    await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    rows = await read_rows(conn, agent_id, [RoundKey(provider_id, wallet_id, round_id, None, None)])
    if not rows:
        return None
    steps, cut = await _messages(conn, agent_id, rows[0])
    if not steps and rows[0].number is None:
        return None
    return await _whole(conn, agent_id, _told(rows[0], steps), steps, cut)


async def _whole(conn: Connection, agent_id: int, row: RoundRow, messages: list[Step], cut: bool) -> Timeline:
    calls = await _calls(conn, agent_id, row)
    moves = await _moves(conn, agent_id, row.wallet_id, messages)
    followed = await _followed(conn, agent_id, row.wallet_id, messages, moves)
    moves += await _moves(conn, agent_id, row.wallet_id, followed)
    steps = _in_order([*messages, *followed])
    postings = await read_postings(conn, agent_id, [(step.id, step.wallet_tx_id) for step in steps])
    undone = {step.provider_tx_id: step.number for step in messages if step.is_cancel}
    steps = [_complete(step, postings.get(step.id, ()), moves, calls, undone) for step in steps]
    studio = await conn.fetchval(statements.sql("rounds/studio_code"), row.provider_id) or ""
    about = AboutRound(
        {step.id.hex for step in messages} | {call.reference for call in calls}, row.number, studio, row.round_id or "",
        {step.provider_tx_id for step in messages}, row.user_in_game,
    )  # fmt: skip
    errors = await errors_of_round(conn, agent_id, about, row.opened_at)
    return Timeline(row, steps, cut, calls, errors.rows, errors.looked_to, _game_log(row, messages))


def _told(row: RoundRow, steps: Sequence[Step]) -> RoundRow:
    """A round that never opened, by what was said of it."""
    if row.number is not None or not steps:
        return row
    game_id = next((step.game_id for step in steps if step.game_id is not None), None)
    return row._replace(game_id=game_id, opened_at=steps[0].at, changed_at=steps[-1].at)


async def _messages(conn: Connection, agent_id: int, row: RoundRow) -> tuple[list[Step], bool]:
    """In order, and whether there are more than MOST_STEPS."""
    first, behind = await _versions(conn, agent_id, row)
    found = await conn.fetch(
        statements.sql("rounds/messages"),
        agent_id,
        row.wallet_id,
        row.provider_id,
        row.round_id,
        first,
        behind,
        MOST_STEPS + 1,
    )
    steps = _in_order([Step(*each) for each in found])
    return steps[:MOST_STEPS], len(steps) > MOST_STEPS


async def _versions(conn: Connection, agent_id: int, row: RoundRow) -> tuple[int, int]:
    """Between which versions of its wallet a round happened: a wallet may have millions, of which these need not be read."""
    if row.number is None:
        return 0, 0
    last = await conn.fetchval(statements.sql("rounds/wallet_version"), agent_id, row.wallet_id)
    first = await first_version_since(conn, agent_id, row.wallet_id, last, row.opened_at - CLOCKS_AGREE)
    behind = await first_version_since(conn, agent_id, row.wallet_id, last, row.changed_at + CLOCKS_AGREE)
    return first, behind


def _in_order(steps: Sequence[Step]) -> list[Step]:
    """What stood, in its wallet's order, which clocks do not keep; what did not, between by when it was stored."""
    stood = sorted(
        (step for step in steps if step.wallet_version is not None), key=lambda step: step.wallet_version or 0
    )
    rest = sorted((step for step in steps if step.wallet_version is None), key=lambda step: (step.at, step.id))
    return list(heapq.merge(stood, rest, key=lambda step: step.at))


async def _followed(
    conn: Connection, agent_id: int, wallet_id: int, messages: Sequence[Step], moves: Sequence[BonusMove]
) -> list[Step]:
    stood = [(step.wallet_version, step.at) for step in messages if step.wallet_version is not None]
    grants = sorted({move.grant_id.hex for move in moves})
    if not grants:
        return []
    versions, times = map(list, zip(*stood, strict=True))
    rows = await conn.fetch(statements.sql("rounds/followed"), agent_id, wallet_id, versions, grants, times)
    return list({row["id"]: Step(*row) for row in rows}.values())


async def _moves(conn: Connection, agent_id: int, wallet_id: int, steps: Sequence[Step]) -> list[BonusMove]:
    versions = [step.wallet_version for step in steps if step.wallet_version is not None]
    if not versions:
        return []
    return [BonusMove(*row) for row in await conn.fetch(statements.sql("rounds/moves"), agent_id, wallet_id, versions)]


async def _calls(conn: Connection, agent_id: int, row: RoundRow) -> list[Call]:
    found = await conn.fetch(statements.sql("rounds/calls"), agent_id, row.wallet_id, row.provider_id, row.round_id)
    return [Call(*each)._replace(kind=CallKind(each["kind"]), phase=Phase(each["phase"])) for each in found]


def _complete(
    step: Step, postings: tuple[Posting, ...], moves: Sequence[BonusMove], calls: Sequence[Call], undone: dict[str, int]
) -> Step:
    mine = tuple(move for move in moves if move.wallet_version == step.wallet_version)
    call = next((call for call in calls if call.reference == step.id.hex), None)
    canceled_by = undone.get(step.provider_tx_id) if step.state == "canceled" and not step.is_cancel else None
    return step._replace(postings=postings, bonus_moves=mine, call=call, canceled_by=canceled_by)


def _game_log(row: RoundRow, messages: Sequence[Step]) -> PlayedTransaction | None:
    """As the agent API asks: by the last of its messages that stood."""
    stood = [step for step in messages if step.wallet_version is not None] or messages
    if not stood:
        return None
    last = stood[-1]
    return PlayedTransaction(
        row.provider_id, last.provider_tx_id, row.round_id, last.history_id, row.game_id, row.user_in_game, row.currency
    )
