"""What a case plays on: one player of one wallet, the calls that can be made, and what is expected of their answers."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from pitboss.certify.answer import Answer, Sent
from pitboss.certify.books import Books
from pitboss.certify.currency import Currency
from pitboss.certify.transaction import BET, REFUND, WIN, Ids, Player, Transaction
from pitboss.certify.verdict import Failed, NotRun
from pitboss.certify.wallet import AS_IT_SHOULD_BE, Manner, Wallet

# Verdicts that a platform takes for "not known" or "not now": it would send the request again, or cancel it.
NOT_FOR_GOOD: Final = frozenset({"OP_20", "OP_47", "OP_50"})


@dataclass(frozen=True)
class Setting:
    """What the person gave: players, amounts in the player's currency, and how many calls a race has."""

    player: Player
    currency: Currency
    game_id: int
    stake: Decimal
    max_spend: Decimal | None = None
    concurrency: int = 20
    expired_token: str | None = None
    blocked: Player | None = None
    second: Player | None = None


class Stage:
    """One case's. Every call and answer is kept in `answers`, every change of the balance in `books`."""

    def __init__(self, wallet: Wallet, setting: Setting, ids: Ids, spent: Decimal) -> None:
        """`spent`: what the battery holds of the player's money already."""
        self.wallet = wallet
        self.setting = setting
        self.player = setting.player
        self.currency = setting.currency
        self.stake = setting.stake
        self.answers: list[Answer] = []
        self.notes: list[str] = []
        self.books = Books()
        self._ids = ids
        self._spent = spent

    def note(self, text: str) -> None:
        """Something worth telling, whatever the verdict."""
        self.notes.append(text)

    def fresh(self) -> int:
        """An id nobody used before."""
        return self._ids.fresh()

    # --- calls -------------------------------------------------------------------------------------------------------

    async def send(self, sent: Sent) -> Answer:
        """One call; no answer at all is for the case to judge."""
        answer = await self.wallet.send(sent)
        self.answers.append(answer)
        return answer

    async def call(self, command: str, data: object, manner: Manner = AS_IT_SHOULD_BE) -> Answer:
        """Sign and send one command."""
        return await self.send(self.wallet.request(command, data, manner))

    def transaction(self, kind: str, amount: Decimal, round_id: int | None = None, **other: Any) -> Transaction:
        """A fresh transaction of the player, in a fresh round unless told which. Wins and refunds carry the token too."""
        given: dict[str, Any] = {
            "type": kind, "id": self.fresh(), "round_id": self.fresh() if round_id is None else round_id, "amount": amount,
            "currency": self.currency.code, "game_id": self.setting.game_id, "user_id": self.player.user_id,
            "token": self.player.token,
        }  # fmt: skip
        return Transaction(**(given | other))

    def bet(self, amount: Decimal | None = None, round_id: int | None = None, **other: Any) -> Transaction:
        """A BET of the stake, or of `amount`."""
        return self.transaction(BET, self.stake if amount is None else amount, round_id, **other)

    def win(self, amount: Decimal | None = None, round_id: int | None = None, **other: Any) -> Transaction:
        """A WIN of the stake, or of `amount`."""
        return self.transaction(WIN, self.stake if amount is None else amount, round_id, **other)

    def awkward(self, number: int) -> list[Decimal]:
        """Amounts from the stake on that a wallet which counts in binary fractions and cuts off gets wrong, as 0.29 EUR."""
        scale = 10**self.currency.scale
        units = int(self.stake * scale)
        found = [one for one in range(units, units + 5000) if int(one / scale * scale) != one][:number]
        return [self.currency.of_minor(one) for one in found or range(units, units + number)]

    def refund(self, amount: Decimal, round_id: int, **other: Any) -> Transaction:
        """A REFUND in a round."""
        return self.transaction(REFUND, amount, round_id, **other)

    async def post(self, transaction: Transaction, manner: Manner = AS_IT_SHOULD_BE) -> Answer:
        """Send a transaction. A case that would go over the most it may spend is not run."""
        if transaction.type == BET:
            self.may_spend(transaction.amount)
        return await self.post_bytes(transaction, self.wallet.request("changebalance", transaction.data(), manner))

    async def post_bytes(self, transaction: Transaction, sent: Sent) -> Answer:
        """Send exactly these bytes, which are this transaction's."""
        answer = await self.send(sent)
        self.books.saw(transaction, answer)
        return answer

    async def posted(self, transaction: Transaction) -> Answer:
        """Send a transaction that must be accepted."""
        return self.expect_ok(await self.post(transaction), f"a {transaction.type} of {self.text(transaction.amount)}")

    async def refused_bet(self) -> tuple[Transaction, Answer]:
        """A bet that was refused for want of funds, and its answer. Not run where the wallet takes it: a case of its own."""
        bet = self.bet(await self.balance() + self.stake)
        answer = await self.post(bet)
        if not answer.refused:
            raise NotRun(
                f"there is no refused bet to try it with: one over the balance was answered with {answer.words()}"
            )
        return bet, answer

    async def cancel(self, transaction: Transaction, **other: Any) -> Answer:
        """Cancel a transaction."""
        data = {
            "user_id": transaction.user_id, "transaction_id": transaction.id, "round_id": transaction.round_id,
            "round_finished": None, "game_id": transaction.game_id,
        }  # fmt: skip
        answer = await self.call("cancel", data | other)
        if answer.ok and answer.data.get("transaction_status") == "CANCELED":
            self.books.undone(transaction.id)
        return answer

    async def canceled(self, transaction: Transaction) -> Answer:
        """Cancel a transaction, which must succeed."""
        answer = self.expect_ok(await self.cancel(transaction), f"the cancel of a {transaction.type}")
        self.expect_member(answer, "transaction_status", "CANCELED")
        return answer

    async def status(self, transaction: Transaction, **other: Any) -> Answer:
        """Ask after a transaction."""
        moment = transaction.made_at
        data = {
            "user_id": transaction.user_id, "transaction_id": transaction.id, "transaction_type": transaction.type,
            "transaction_date": moment[:10], "transaction_ts": f"{transaction.round_id // 1000}"[:13],
            "round_id": transaction.round_id,
        }  # fmt: skip
        return await self.call("status", data | other)

    async def finish(self, round_id: int) -> Answer:
        """Finish a round. A wallet without the command ends the case as not run."""
        data = {
            "round_id": round_id, "user_id": self.player.user_id, "game_id": self.setting.game_id,
            "round_date": self.transaction(WIN, Decimal(0)).made_at[:10], "round_ts": f"{round_id // 1000}"[:13],
        }  # fmt: skip
        answer = await self.call("finishround", data)
        if answer.http_status == 404:
            raise NotRun("not offered: finishround is optional, and the wallet answers it with HTTP 404")
        return answer

    async def ask_balance(self, player: Player | None = None, manner: Manner = AS_IT_SHOULD_BE, **other: Any) -> Answer:
        """The answer to a balance call."""
        who = player or self.player
        data = {"token": who.token, "user_id": who.user_id, "currency_code": self.currency.code}
        return await self.call("balance", data | other, manner)

    async def balance(self) -> Decimal:
        """The player's balance."""
        answer = self.expect_ok(await self.ask_balance(), "a balance call")
        return self.told_balance(answer)

    async def at_once(self, transactions: Iterable[Transaction]) -> list[Answer]:
        """Send all of them together, each on a connection of its own. What the race may cost is checked before."""
        made = list(transactions)
        self.may_spend(
            sum((one.amount for one in {one.id: one for one in made if one.type == BET}.values()), Decimal(0))
        )
        requests = [self.wallet.request("changebalance", one.data()) for one in made]
        return list(await asyncio.gather(*map(self.post_bytes, made, requests)))

    # --- expectations ------------------------------------------------------------------------------------------------

    def text(self, amount: Decimal) -> str:
        """An amount in words."""
        return self.currency.text(amount)

    def may_spend(self, amount: Decimal) -> None:
        """Not run when another `amount` would take more of the player's money than the battery may hold."""
        limit = self.setting.max_spend
        if limit is not None and self._spent - self.books.standing(self.player.user_id) + amount > limit:
            raise NotRun(f"needs --max-spend of at least {amount + max(self._spent, Decimal(0)):f}")

    def expect_ok(self, answer: Answer, what: str) -> Answer:
        """The answer, which must be OK."""
        if not answer.ok:
            hint = " (is --game-id a game the player may play?)" if answer.code == "OP_35" else ""
            raise Failed(f"{what} must be OK, and was answered with {answer.words()}{hint}")
        return answer

    def expect_code(self, answer: Answer, what: str, *codes: str) -> Answer:
        """The answer, which must be an ERROR with one of the codes."""
        if answer.code not in codes:
            raise Failed(f"{what} must be answered with {' or '.join(codes)}, and was with {answer.words()}")
        return answer

    def expect_refused(self, answer: Answer, what: str) -> Answer:
        """The answer, which must be an error in any form."""
        if not answer.refused:
            raise Failed(f"{what} must be an error, and was answered with {answer.words()}")
        return answer

    def expect_refused_for_good(self, answer: Answer, what: str) -> Answer:
        """The answer, which must be an ERROR that a platform does not take for a passing trouble."""
        if answer.code is None or answer.code in NOT_FOR_GOOD:
            raise Failed(f"{what} must be refused for good (OP_49 fits), and was answered with {answer.words()}")
        return answer

    def expect_member(self, answer: Answer, name: str, value: object) -> None:
        """The answer's `data` must hold `value` under `name`."""
        found = answer.data.get(name)
        if found != value:
            raise Failed(f"{name} must be {value!r}, and is {found!r}")

    def told_balance(self, answer: Answer) -> Decimal:
        """The balance an answer tells."""
        told = answer.balance
        if told is None:
            raise Failed(f"the answer's balance is no amount: {answer.data.get('balance')!r}")
        return told

    def expect_told(self, answer: Answer, expected: Decimal, what: str) -> None:
        """The answer's balance must be `expected`."""
        told = self.told_balance(answer)
        if told != expected:
            raise Failed(f"{what} must tell a balance of {self.text(expected)}, and tells {self.text(told)}")

    @asynccontextmanager
    async def moves(self, amount: Decimal, what: str) -> AsyncIterator[Decimal]:
        """What happens inside must move the balance by exactly `amount`; gives the balance before."""
        before = await self.balance()
        yield before
        after = await self.balance()
        if after - before != amount:
            raise Failed(
                f"{what} must move the balance by {self.text(amount)}, and moved it by {self.text(after - before)}"
                f" (from {self.text(before)} to {self.text(after)})"
            )

    async def moves_nothing(self, transaction: Transaction, what: str, *codes: str) -> Answer:
        """Post a transaction that must be refused (with one of the codes, if any are told) and take or give nothing."""
        async with self.moves(Decimal(0), what):
            answer = await self.post(transaction)
        return self.expect_code(answer, what, *codes) if codes else self.expect_refused(answer, what)

    def of(self, player: Player | None, transaction: Transaction) -> Transaction:
        """The same transaction for another player."""
        if player is None:
            raise NotRun("needs another player")
        return replace(transaction, user_id=player.user_id, token=player.token)
