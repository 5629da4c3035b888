"""All cases in their order, and how they are played: one after the other, each giving back what it took."""

import fnmatch
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from pitboss.certify.answer import Answer, Sent
from pitboss.certify.case import Case, Chapter, Exchange, Result
from pitboss.certify.cases import (
    authenticate,
    bets,
    cancels,
    credits,
    envelope,
    malformed,
    numbers,
    play,
    replays,
    rounds,
    signature,
)
from pitboss.certify.mask import Mask
from pitboss.certify.stage import Setting, Stage
from pitboss.certify.transaction import Ids
from pitboss.certify.verdict import Failed, NotRun, Verdict
from pitboss.certify.wallet import Wallet

CHAPTERS: Final[tuple[Chapter, ...]] = (
    signature.CHAPTER, envelope.CHAPTER, authenticate.CHAPTER, authenticate.BALANCE, bets.CHAPTER, credits.WINS, credits.REFUNDS,
    replays.CHAPTER, replays.RACE, cancels.CHAPTER, rounds.STATUS, rounds.FINISH, rounds.PING, malformed.CHAPTER, numbers.CHAPTER,
    numbers.STRINGS, play.PROMOTIONS, play.PLAY, play.CONNECTION,
)  # fmt: skip
CASES: Final[tuple[Case, ...]] = tuple(case for chapter in CHAPTERS for case in chapter.cases)

_SILENCE: Final = 3
_SHOWN_EXCHANGES: Final = 12
_SHOWN_CHARACTERS: Final = 4000


async def _never(_: Stage) -> None:
    """The books are judged by the battery itself, when all others are through."""


BOOKS: Final = Case(
    "books.add-up",
    "The balance after all cases",
    "The balance moves by what stood of the transactions sent, and by nothing else, also not later.",
    _never,
)
ALL: Final = (*CASES, BOOKS)


def select(only: list[str], skip: list[str]) -> list[Case]:
    """The cases whose id, or chapter, matches a pattern of `only` (all when there is none) and none of `skip`."""

    def matches(case: Case, patterns: list[str]) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns for name in (case.id, case.chapter))

    return [case for case in ALL if (not only or matches(case, only)) and not matches(case, skip)]


@dataclass
class Account:
    """What the battery knows of the player's money. Amounts in the player's currency; None where a balance could not be read."""

    start: Decimal | None = None
    end: Decimal | None = None
    stood: Decimal = Decimal(0)
    known: bool = True

    @property
    def cost(self) -> Decimal | None:
        """What the battery kept of the player's money."""
        return None if self.start is None or self.end is None else self.start - self.end


@dataclass
class Battery:
    """Plays cases on a wallet. `told` is called with every result as it comes."""

    wallet: Wallet
    setting: Setting
    mask: Mask
    told: Callable[[Result], None]
    began: Callable[[Case], None] = lambda _: None
    account: Account = field(default_factory=Account)
    results: list[Result] = field(default_factory=list)
    _ids: Ids = field(default_factory=Ids)
    _silent: int = 0

    async def play(self, cases: list[Case]) -> list[Result]:
        """The result of each case, in order."""
        self.account.start = self.account.end = await self._balance()
        for case in cases:
            self.began(case)
            result = await self._books_result() if case is BOOKS else await self._result(case)
            self.results.append(result)
            self.told(result)
        self.account.end = await self._balance()
        return self.results

    async def _result(self, case: Case) -> Result:
        missing = missing_options(case, self.setting)
        if missing:
            return Result(case, Verdict.NOT_RUN, f"needs {', '.join(missing)}")
        if self._silent >= _SILENCE:
            return Result(case, Verdict.NOT_RUN, f"the wallet gave no answer in {_SILENCE} cases one after the other")
        before = await self._balance()
        spent = Decimal(0) if self.account.start is None or before is None else self.account.start - before
        stage = Stage(self.wallet, self.setting, self._ids, spent)
        began = time.monotonic()
        verdict, reason = await _verdict(case, stage)
        elapsed_ms = round((time.monotonic() - began) * 1000)
        silent = any(answer.http_status is None for answer in stage.answers)
        self._silent = self._silent + 1 if silent and verdict is Verdict.FAILED else 0
        exchanges = self._shown(stage.answers)
        calls = len(stage.answers)
        await self._give_back(stage)
        await self._book(verdict, stage, before)
        reason, notes = self.mask(reason), tuple(map(self.mask, stage.notes))
        return Result(case, verdict, reason, exchanges, calls, elapsed_ms, notes)

    async def _give_back(self, stage: Stage) -> None:
        """Cancel what stands, as far as the wallet does it."""
        if self._silent >= _SILENCE:
            return
        for transaction in stage.books.to_give_back:
            answer = await stage.cancel(transaction)
            if answer.code == "OP_41":
                stage.books.undone(transaction.id)
            if answer.http_status is None:
                return

    async def _book(self, verdict: Verdict, stage: Stage, before: Decimal | None) -> None:
        """A case that failed, or tried what is left open, answers for its own difference: the books ask for any beyond that."""
        after = await self._balance()
        if verdict in (Verdict.FAILED, Verdict.INFORMATION):
            if before is None or after is None:
                self.account.known = False
            else:
                self.account.stood += after - before
        else:
            self.account.stood += stage.books.standing(self.setting.player.user_id)

    async def _books_result(self) -> Result:
        end = await self._balance()
        start = self.account.start
        if start is None or end is None or not self.account.known:
            return Result(BOOKS, Verdict.NOT_RUN, "needs balances before and after, and the wallet did not tell them")
        currency = self.setting.currency
        if end - start != self.account.stood:
            moved, stood = currency.text(end - start), currency.text(self.account.stood)
            return Result(
                BOOKS, Verdict.FAILED, f"the balance moved by {moved}; what stood of the transactions sent is {stood}"
            )
        return Result(BOOKS, Verdict.PASSED, f"from {currency.text(start)} to {currency.text(end)}, as predicted")

    async def _balance(self) -> Decimal | None:
        """The player's balance now; None when the wallet does not tell. A wallet that is silent is not asked again and again."""
        if self._silent >= _SILENCE:
            return None
        stage = Stage(self.wallet, self.setting, self._ids, Decimal(0))
        answer = await stage.ask_balance()
        return answer.balance if answer.ok else None

    def _shown(self, answers: list[Answer]) -> tuple[Exchange, ...]:
        """The last calls of a case as text: the last one is what the verdict came from, or the reading after it."""
        return tuple(
            Exchange(self.mask(_sent_text(answer.sent)), self.mask(_received_text(answer)), answer.elapsed_ms)
            for answer in answers[-_SHOWN_EXCHANGES:]
        )


async def _verdict(case: Case, stage: Stage) -> tuple[Verdict, str]:
    try:
        await case.play(stage)
    except NotRun as why:
        return Verdict.NOT_RUN, str(why)
    except Failed as why:
        if case.informational:
            stage.note(str(why))
            return Verdict.INFORMATION, str(why)
        return Verdict.FAILED, str(why)
    if case.informational:
        return Verdict.INFORMATION, "; ".join(stage.notes)
    return Verdict.PASSED, "; ".join(stage.notes)


def missing_options(case: Case, setting: Setting) -> list[str]:
    """The options a case needs and that were not given."""
    given = {
        "--expired-token": setting.expired_token is not None,
        "--blocked-user": setting.blocked is not None and bool(setting.blocked.user_id),
        "--blocked-token": setting.blocked is not None and setting.blocked.token is not None,
        "--second-user": setting.second is not None and bool(setting.second.user_id),
        "--second-token": setting.second is not None and setting.second.token is not None,
    }
    return [option for option in case.needs if not given[option]]


def _cut(text: str) -> str:
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[:_SHOWN_CHARACTERS]}… ({len(text)} characters)"


def _sent_text(sent: Sent) -> str:
    headers = "".join(f"{name}: {value}\n" for name, value in sent.headers.items())
    return _cut(f"{sent.method} {sent.url}\n{headers}\n{sent.body.decode('utf-8', 'replace')}".rstrip())


def _received_text(answer: Answer) -> str:
    if answer.http_status is None:
        return answer.words()
    kind = answer.header("content-type")
    head = f"HTTP {answer.http_status}\n" + (f"Content-Type: {kind}\n" if kind else "")
    return _cut(f"{head}\n{answer.body.decode('utf-8', 'replace')}".rstrip())
