"""Mistakes real wallets make, to be planted by name: whoever certifies wallets can see whether each is found.

Each is one rule gone wrong. The first line of its docstring says what happens, the second what the document wants.
"""

# What an overridden rule is for, is said where it is sound; the class says what goes wrong.
# ruff: noqa: D102

import asyncio
import copy
from collections.abc import Iterable
from dataclasses import dataclass

from pitboss_operator.protocol import signatures
from pitboss_operator.protocol.answer import Verdict
from pitboss_operator.protocol.refusal import Code
from pitboss_operator.protocol.requests import ChangeBalance
from pitboss_operator.storage import transactions
from pitboss_operator.storage.transactions import Transaction
from pitboss_operator.wallet.rules import Rules, Step, Store

# Long enough for a second call with the same id to look before the first one books.
_RACE_SECONDS = 0.05


class NoReplayMemory(Rules):
    """A repeated BET debits again.

    Important note 2, idempotency: an identical request is processed once.
    """

    guards_ids = False

    def remembered(self, known: Transaction | None) -> Transaction | None:
        return None if known is not None and known.state == "ok" else super().remembered(known)


class ReplayWrongBalance(Rules):
    """A repetition is answered with the balance of now instead of its first answer.

    Important note 2, idempotency: 100 times the same is one time, with one answer.
    """

    def replayed_balance(self, known: Transaction, balance_now: int) -> int:
        return balance_now


class ChangedReplayAccepted(Rules):
    """A known id with another amount, game or round is answered OK.

    Important note 4, duplicate transaction: OP_40.
    """

    def same_data(self, known: Transaction, wanted: ChangeBalance) -> bool:
        return True


class ConcurrentDoubleDebit(Rules):
    """Two identical BETs at the same time both debit: it looks first and books later.

    Important note 2, idempotency: also when the retry overtakes the first try.
    """

    _blind = False

    def remembered(self, known: Transaction | None) -> Transaction | None:
        return None if self._blind else super().remembered(known)

    async def perform(self, store: Store, step: Step, transaction_id: int | None) -> Verdict:
        if transaction_id is None:
            return await super().perform(store, step, transaction_id)
        known = await store.run(lambda db: transactions.find(db, transaction_id))
        await asyncio.sleep(_RACE_SECONDS)
        rules = self
        if known is None:
            rules = copy.copy(self)
            rules._blind, rules.guards_ids = True, False
        return await store.run(lambda db: step(db, rules))


class WinNeedsToken(Rules):
    """A WIN or REFUND with a null or expired token is refused with OP_21.

    Important note 3, session check: enforced on BET only.
    """

    def needs_token(self, kind: str) -> bool:
        return True


class CancelNotRemembered(Rules):
    """A BET that arrives after its own cancel is booked.

    cancel: OP_41 says that the operator does not have the transaction and never will.
    """

    def remembers_cancel(self) -> bool:
        return False


class CancelTwicePaysTwice(Rules):
    """A second cancel gives the stake back again.

    Important note 2, idempotency: all commands.
    """

    def is_undone(self, known: Transaction) -> bool:
        return known.state == "refused"


class CancelOfWinIgnored(Rules):
    """A canceled WIN stays with the player.

    cancel: the amount is returned to the player or taken from them, depending on the type.
    """

    def undone_by(self, kind: str, moved: int) -> int:
        return 0 if kind == "WIN" else super().undone_by(kind, moved)


class RefusedBetLaterAccepted(Rules):
    """A BET refused for lack of funds is booked when the same id comes again after a deposit.

    Important note 2, idempotency: the game has told the player already that it was refused.
    """

    def keeps_refusal(self, code: Code) -> bool:
        return False


class NegativeBalanceAllowed(Rules):
    """A BET above the balance is booked, and the balance is negative.

    changebalance: OP_31 when the funds do not cover the bet.
    """

    def affordable(self, balance: int, stake: int) -> bool:
        return True


class FloatMoney(Rules):
    """Amounts pass through binary floats and lose a cent now and then (0.29 is booked as 0.28).

    changebalance: DECIMAL amounts.
    """

    def minor(self, amount: str, scale: int) -> int:
        super().minor(amount, scale)
        return int(float(amount) * 10**scale)


class SixtyFourBitIds(Rules):
    """Ids of 20 digits are cut to 64 bits.

    changebalance, status, cancel: transaction_id and round_id are INT 20.
    """

    def identifier(self, number: int) -> int:
        return number % (1 << 64)


class NoHeaderCheck(Rules):
    """X-Authorization and X-Operator-Id are not looked at.

    X-Authorization header: HTTP 403 when missing or wrong.
    """

    def header_holds(self, given: str, expected: str) -> bool:
        return True


class NoHashCheck(Rules):
    """The request's hash is not looked at.

    Request and response signing: every request is validated, OP_20.
    """

    def hash_holds(self, given: str, expected: str) -> bool:
        return True


class WrongResponseHash(Rules):
    """Answers are signed with time and status the wrong way round.

    Request and response signing: sha1(status + response_timestamp + secret).
    """

    def answer_hash(self, status: str, stamp: str, secret: str) -> str:
        return signatures.response_signature(stamp, status, secret)


class RefundAddsNothing(Rules):
    """A REFUND is answered OK, and the stake does not come back.

    changebalance: REFUND is processed as BET and WIN are.
    """

    def moved(self, kind: str, minor: int, promotional: bool) -> int:
        return 0 if kind == "REFUND" else super().moved(kind, minor, promotional)


class RefundUnbounded(Rules):
    """A REFUND is booked without a bet, and of more than was bet.

    changebalance: OP_49, it would never become possible.
    """

    def refundable(self, amount: int, bet: int, returned: int) -> bool:
        return True


class ZeroWinRefused(Rules):
    """A WIN of 0 is refused with OP_50.

    changebalance: a WIN is never refused; zero wins close rounds.
    """

    def may_be_zero(self, kind: str) -> bool:
        return kind != "WIN"


class PipeAccepted(Rules):
    """Strings with a `|` are accepted.

    Important note 5, strings restrictions.
    """

    def may_hold(self, text: str) -> bool:
        return super().may_hold(text.replace("|", ""))


class LateWinRefused(Rules):
    """A WIN in a finished round is refused with OP_49.

    Important note 3: wins may come late, and must be booked.
    """

    def needs_open_round(self, kind: str) -> bool:
        return True


class StatusAlwaysOk(Rules):
    """status says OK of a transaction that was refused or canceled.

    status: OK, ERROR or CANCELED.
    """

    def status_word(self, known: Transaction) -> str:
        return "OK"


class Ping500(Rules):
    """ping answers HTTP 500.

    ping: the status must be 200.
    """

    ping_status = 500


class BalanceIgnoresCurrency(Rules):
    """balance in a currency that is not the player's is answered OK.

    balance: OP_30.
    """

    def needs_player_currency(self, command: str) -> bool:
        return command != "balance"


class BetIgnoresCurrency(Rules):
    """A BET in another currency is booked as if it were the player's.

    changebalance: OP_30.
    """

    def needs_player_currency(self, command: str) -> bool:
        return command != "changebalance"


class FreeSpinDebited(Rules):
    """A promotional free spin is paid by the player.

    changebalance: context.reason PROMO-FREESPIN.
    """

    def moved(self, kind: str, minor: int, promotional: bool) -> int:
        return super().moved(kind, minor, False)


class RefusalsAsHttp400(Rules):
    """Refusals come with HTTP status 400.

    Exception handling: the status must be 200, any other counts as OP_50.
    """

    refusal_status = 400


@dataclass(frozen=True)
class Defect:
    """A planted mistake: its name, what happens, and what the document wants instead."""

    name: str
    happens: str
    breaks: str
    rules: type[Rules]


class UnknownDefect(ValueError):
    """There is no defect of this name."""


def _defect(name: str, rules: type[Rules]) -> Defect:
    first, _, rest = (rules.__doc__ or "").partition("\n")
    return Defect(name, first.strip(), " ".join(rest.split()), rules)


DEFECTS = {
    name: _defect(name, rules)
    for name, rules in {
        "no-replay-memory": NoReplayMemory,
        "replay-wrong-balance": ReplayWrongBalance,
        "changed-replay-accepted": ChangedReplayAccepted,
        "concurrent-double-debit": ConcurrentDoubleDebit,
        "win-needs-token": WinNeedsToken,
        "cancel-not-remembered": CancelNotRemembered,
        "cancel-twice-pays-twice": CancelTwicePaysTwice,
        "cancel-of-win-ignored": CancelOfWinIgnored,
        "refused-bet-later-accepted": RefusedBetLaterAccepted,
        "negative-balance-allowed": NegativeBalanceAllowed,
        "float-money": FloatMoney,
        "64-bit-ids": SixtyFourBitIds,
        "no-header-check": NoHeaderCheck,
        "no-hash-check": NoHashCheck,
        "wrong-response-hash": WrongResponseHash,
        "refund-adds-nothing": RefundAddsNothing,
        "refund-unbounded": RefundUnbounded,
        "zero-win-refused": ZeroWinRefused,
        "pipe-accepted": PipeAccepted,
        "late-win-refused": LateWinRefused,
        "status-always-ok": StatusAlwaysOk,
        "ping-500": Ping500,
        "balance-ignores-currency": BalanceIgnoresCurrency,
        "bet-ignores-currency": BetIgnoresCurrency,
        "free-spin-debited": FreeSpinDebited,
        "refusals-as-http-400": RefusalsAsHttp400,
    }.items()
}


def rules_with(names: Iterable[str]) -> Rules:
    """Sound rules, or with these defects planted. Raises UnknownDefect."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in DEFECTS:
            raise UnknownDefect(f"there is no defect {name!r}; see: pitboss operator defects")
    if not wanted:
        return Rules()
    planted: Rules = type("PlantedRules", tuple(DEFECTS[name].rules for name in wanted), {})()
    return planted
