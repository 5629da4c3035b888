"""Sends stored wallet calls and writes down what the answers make of their rounds."""

import asyncio
import secrets
import sqlite3
from collections.abc import Callable

import structlog

from pitboss_studio.clock import as_datetime, now_ms, steady_ms
from pitboss_studio.games.game import Json
from pitboss_studio.money import plain
from pitboss_studio.rounds import promotion
from pitboss_studio.rounds.push import Broadcaster
from pitboss_studio.rounds.verdict import (
    SESSION_OVER,
    Meaning,
    Verdict,
    judge_bet,
    judge_cancel,
    judge_status,
    judge_win,
)
from pitboss_studio.rounds.words import ending
from pitboss_studio.settings import Settings
from pitboss_studio.storage import calls, grants, live, rounds, sessions
from pitboss_studio.storage.calls import Call
from pitboss_studio.storage.database import Database
from pitboss_studio.storage.rounds import Round
from pitboss_studio.storage.sessions import Session
from pitboss_studio.wallet.client import WalletClient
from pitboss_studio.wallet.messages import Data, timestamp

KNOWN_OTHERWISE = "OP_40"

_chance = secrets.SystemRandom()
log = structlog.get_logger(__name__)


class Delivery:
    """One attempt at a call at a time, whoever asks for it: the player's request or the recovery task."""

    def __init__(self, database: Database, wallet: WalletClient, push: Broadcaster, settings: Settings) -> None:
        self._database = database
        self._wallet = wallet
        self._push = push
        self._settings = settings
        self._under_way: dict[int, asyncio.Task[None]] = {}

    @property
    def due_after_request(self) -> int:
        """When recovery takes over a call that its own request was going to send (UNIX ms)."""
        return now_ms() + int((self._settings.wallet_timeout + self._settings.overdue_margin) * 1000)

    def bet_body(self, session: Session, round_: Round) -> bytes:
        """The BET of a drawn round."""
        data = self._change(session, round_, "BET") | {"amount": round_.stake, "round_finished": False}
        return self._wallet.compose("changebalance", data)

    def win_body(self, session: Session, round_: Round) -> bytes:
        """The one WIN of a round, zero for a lost one; it closes the round."""
        data = self._change(session, round_, "WIN") | {"amount": round_.win, "round_finished": True}
        return self._wallet.compose("changebalance", data)

    async def attempt(self, round_id: int, kind: str) -> None:
        """Send the round's pending call of this kind once; no effect when it has been answered."""
        call = await self._database.run(lambda db: calls.pending_call(db, round_id, kind))
        if call is not None:
            await self.send(call)

    async def send(self, call: Call) -> None:
        """Send a call once and store what came of it. Goes on when the caller is cancelled."""
        task = self._under_way.get(call.id)
        if task is None:
            task = asyncio.create_task(self._send(call))
            self._under_way[call.id] = task
            task.add_done_callback(lambda _: self._under_way.pop(call.id, None))
        await asyncio.shield(task)

    async def drain(self, patience: float) -> None:
        """Wait for calls under way, so long at most; what is left is found again after the next start."""
        if self._under_way:
            await asyncio.wait(set(self._under_way.values()), timeout=patience)

    async def cancel_left_over_bet(self, call: Call) -> None:
        """A bet whose process died may or may not have arrived: it is cancelled, never sent again."""
        await self._store(call, Verdict(Meaning.UNKNOWN, "left over"), self._after_bet)

    async def _send(self, call: Call) -> None:
        if call.kind == "WIN":
            await self._store(call, await self._send_win(call), self._after_win)
            return
        answer = await self._wallet.send(call.command, call.body)
        if call.kind == "BET":
            currency = (await self._database.run(lambda db: rounds.load_round(db, call.round_id))).currency
            await self._store(call, judge_bet(answer, currency), self._after_bet)
        else:
            await self._store(call, judge_cancel(answer), self._after_cancel)

    async def _send_win(self, call: Call) -> Verdict:
        """One attempt at a win. Sending one again that was answered OP_40 would only be answered OP_40: `status` decides."""
        if call.last_answer != KNOWN_OTHERWISE:
            verdict = judge_win(await self._wallet.send(call.command, call.body))
            if verdict.code != KNOWN_OTHERWISE:
                return verdict
        data = await self._database.run(lambda db: _status_data(db, rounds.load_round(db, call.round_id)))
        return judge_status(await self._wallet.call("status", data))

    async def _store(
        self, call: Call, verdict: Verdict, after: Callable[[sqlite3.Connection, Call, Round, Verdict], None]
    ) -> None:
        def work(db: sqlite3.Connection) -> Round:
            round_ = rounds.load_round(db, call.round_id)
            if not calls.is_pending(db, call):
                return round_
            after(db, call, round_, verdict)
            if verdict.balance is not None:
                sessions.set_balance(db, round_.player_id, verdict.balance)
            return rounds.load_round(db, call.round_id)

        round_ = await self._database.run(work)
        self._tell(call, round_, verdict)

    def _after_bet(self, db: sqlite3.Connection, call: Call, round_: Round, verdict: Verdict) -> None:
        if verdict.meaning is Meaning.DONE:
            calls.finish(db, call, "done", verdict.code)
            balance = plain(verdict.balance) if verdict.balance is not None else None
            rounds.move(db, round_.id, "bet_sent", "bet_ok", shown=1, balance_after_bet=balance)
            if len(round_.steps) == 1 and not live.start(db, round_.id, steady_ms()):
                self.close_round(db, round_.id)
        elif verdict.meaning is Meaning.REFUSED:
            calls.finish(db, call, "refused", verdict.code)
            rounds.move(db, round_.id, "bet_sent", "bet_refused", code=verdict.code)
            if verdict.code in SESSION_OVER:
                sessions.end_session(db, round_.session_id, verdict.code)
            if verdict.code == "OP_49" and round_.promotion is not None:
                user_id = _session_of(db, round_).player.user_id
                grants.end_share(db, round_.promotion.campaign_code, user_id, verdict.code)
        else:
            calls.finish(db, call, "done", verdict.code)
            rounds.move(db, round_.id, "bet_sent", "canceling", code=verdict.code[:64])
            calls.journal(db, round_.id, "CANCEL", self._cancel_body(db, round_), self.due_after_request)

    def close_round(self, db: sqlite3.Connection, round_id: int) -> None:
        """All steps have been shown: owe the win. Its bytes are stored in the same commit."""
        round_ = rounds.load_round(db, round_id)
        session = _session_of(db, round_)
        if rounds.move(db, round_.id, "bet_ok", "win_sent", shown=len(round_.steps)):
            calls.journal(db, round_.id, "WIN", self.win_body(session, round_), self.due_after_request)

    def _after_win(self, db: sqlite3.Connection, call: Call, round_: Round, verdict: Verdict) -> None:
        if verdict.meaning is Meaning.DONE:
            calls.finish(db, call, "done", verdict.code)
            balance = plain(verdict.balance) if verdict.balance is not None else None
            rounds.move(db, round_.id, "win_sent", "settled", balance_after=balance)
        elif verdict.meaning is Meaning.REFUSED:
            calls.finish(db, call, "refused", verdict.code)
            rounds.move(db, round_.id, "win_sent", "win_refused", code=verdict.code)
        else:
            calls.postpone(db, call, self._next_attempt(call), verdict.code)

    def _after_cancel(self, db: sqlite3.Connection, call: Call, round_: Round, verdict: Verdict) -> None:
        if verdict.meaning is Meaning.UNKNOWN:
            calls.postpone(db, call, self._next_attempt(call), verdict.code)
        elif verdict.meaning is Meaning.REFUSED:
            calls.finish(db, call, "refused", verdict.code)
            rounds.move(db, round_.id, "canceling", "cancel_refused", code=verdict.code)
        else:
            calls.finish(db, call, "done", verdict.code)
            rounds.move(db, round_.id, "canceling", "canceled")
            if call.kind == "CANCEL" and verdict.code == "OP_41":
                # An operator that does not remember unknown ids would still take a bet that lands behind its cancel.
                calls.journal(db, round_.id, "CONFIRM", call.body, self.due_after_request)

    def _tell(self, call: Call, round_: Round, verdict: Verdict) -> None:
        if verdict.meaning is Meaning.REFUSED and call.kind != "BET":
            log.error(
                "refused for good by the operator; needs a person",
                kind=call.kind,
                round_id=round_.id,
                code=verdict.code,
                amount=plain(round_.win if call.kind == "WIN" else round_.stake),
                currency=round_.currency,
            )
        elif verdict.meaning is Meaning.UNKNOWN:
            log.warning("call not settled", kind=call.kind, round_id=round_.id, attempts=call.attempts + 1)
        if verdict.balance is not None:
            self._push.publish(round_.player_id, "balance", {"balance": plain(verdict.balance)})
        if not round_.is_open and call.kind != "CONFIRM":
            self._push.publish(round_.player_id, "round", {"id": str(round_.id), "state": round_.state})
        if call.kind == "BET" and round_.state == "bet_refused" and verdict.code in SESSION_OVER:
            gone: Json = {"session": round_.session_id, "code": verdict.code, "message": ending(verdict.code)}
            self._push.publish(round_.player_id, "ended", gone)

    def _cancel_body(self, db: sqlite3.Connection, round_: Round) -> bytes:
        data: Data = {
            "user_id": _session_of(db, round_).player.user_id,
            "transaction_id": round_.bet_transaction,
            "round_id": round_.id,
            "round_finished": True,
            "game_id": round_.game_id,
        }
        return self._wallet.compose("cancel", data)

    def _change(self, session: Session, round_: Round, kind: str) -> Data:
        return {
            "token": session.token,
            "user_id": session.player.user_id,
            "transaction_type": kind,
            "transaction_id": round_.bet_transaction if kind == "BET" else round_.win_transaction,
            "round_id": round_.id,
            "game_id": round_.game_id,
            "currency_code": round_.currency,
            "transaction_timestamp": timestamp(as_datetime(now_ms())),
            "context": {"reason": _reason(kind, round_), "history_id": str(round_.id), **_campaign(round_)},
        }

    def _next_attempt(self, call: Call) -> int:
        """Doubling with jitter, up to the longest pause; long-lasting failures are asked less often (UNIX ms)."""
        settings = self._settings
        late = now_ms() - call.created_at > settings.retry_late_after * 1000
        longest = settings.retry_longest_late if late else settings.retry_longest
        pause = min(longest, settings.retry_first * 2 ** min(call.attempts, 20))
        return now_ms() + int(pause * _chance.uniform(0.5, 1.0) * 1000)


def _session_of(db: sqlite3.Connection, round_: Round) -> Session:
    session = sessions.find_session(db, round_.session_id)
    if session is None:
        raise LookupError(f"round {round_.id} has no session")
    return session


def _status_data(db: sqlite3.Connection, round_: Round) -> Data:
    return {
        "user_id": _session_of(db, round_).player.user_id,
        "transaction_id": round_.win_transaction,
        "transaction_type": "WIN",
        "transaction_date": as_datetime(round_.created_at).date().isoformat(),
        "transaction_ts": str(round_.created_at),
        "round_id": round_.id,
    }


def _campaign(round_: Round) -> Data:
    paid_by = round_.promotion
    if paid_by is None:
        return {}
    details = {"total": paid_by.total, "remaining": paid_by.left}
    return {"campaign_code": paid_by.campaign_code, "campaign_details": details}


def _reason(kind: str, round_: Round) -> str:
    if round_.promotion is not None:
        return promotion.REASON
    if kind == "BET":
        return "SPIN"
    return "FREE-SPINS" if len(round_.steps) > 1 else "COLLECT"
