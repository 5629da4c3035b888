"""R3, R4 and R6 for players whose money is with an operator: two real hub processes and a worker on one database, a real operator.

After every test the studio's diary, the hub's tables and the operator's list must agree.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from careful_studio import Answer, CarefulStudio, Deed, Diary, Told
from database_server import Server
from fault_proxy import fault_proxy
from operator_process import OperatorProcess
from seamless_casino_world import Guest, SeamlessCasino, build_casino, numbers
from supervised import supervised_hub
from three_books import disagreements, open_ends

pytestmark = pytest.mark.asyncio(loop_scope="module")

TIMES, TIMEOUT_MS = 50, 5_000


@dataclass
class Table:
    """One studio process that can speak to either hub process; `asked` is what the operator was asked so far."""

    casino: SeamlessCasino
    operator: OperatorProcess
    database_url: str
    owner: asyncpg.Connection
    diary: Diary
    studios: tuple[CarefulStudio, CarefulStudio]
    asked: list[tuple[str, dict[str, Any]]]
    guests: list[Guest]

    def guest(self) -> Guest:
        """One nobody has played as, with 10,000.00."""
        return self.guests.pop()

    def deed(self, kind: str, guest: Guest, amount: int, round_id: int | None = None) -> Deed:
        return self.diary.written(kind, guest, amount, round_id or next(numbers))

    async def one(self, command: str, data: dict[str, Any]) -> Answer:
        answer = await self.studios[0].post(command, data)
        assert answer is not None
        return answer

    async def change(self, deed: Deed, told: Told, **more: Any) -> Answer:
        """Brought once; its fate as it was told must be this one."""
        answer = await self.one("changebalance", self.studios[0].change(deed) | more)
        deed.told, deed.said = told, answer.said
        return answer

    async def at_once(self, calls: Sequence[tuple[str, dict[str, Any]]]) -> list[Answer]:
        """All of them at the same time, by turns to either process."""
        answers = await asyncio.gather(*(self.studios[number % 2].post(*call) for number, call in enumerate(calls)))
        assert None not in answers
        return [answer for answer in answers if answer is not None]

    async def repeated(self, command: str, data: dict[str, Any]) -> Answer:
        """The one answer that fifty equal calls at once and one after them get."""
        answers = await self.at_once([(command, data)] * TIMES)
        answers.append(await self.one(command, data))
        assert len({answer.said for answer in answers}) == 1, Counter(answer.said for answer in answers)
        return answers[0]

    def calls(self, command: str) -> list[dict[str, Any]]:
        return [data for name, data in self.asked if name == command]


def of(deed: Deed, **more: Any) -> dict[str, Any]:
    """`data` of status, cancel and finishround."""
    return {
        "user_id": deed.guest.user_id, "transaction_id": deed.tx, "transaction_type": deed.kind, "round_id": deed.round_id,
        "round_finished": None, "game_id": 12,
    } | more  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def casino_table(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Table]:
    folder, url = tmp_path_factory.mktemp("races"), postgres.create_database(template)
    operator = OperatorProcess(folder / "books").start()
    asked: list[tuple[str, dict[str, Any]]] = []

    def watch(request: bytes) -> None:
        said = json.loads(request.partition(b"\r\n\r\n")[2], parse_float=str)
        asked.append((said["command"], said["data"]))

    owner = await asyncpg.connect(url)
    try:
        async with fault_proxy(f"{operator.url}/wallet", late=TIMEOUT_MS / 1000) as proxy:
            proxy.watch = watch
            casino = await build_casino(url, folder, operator, proxy.url, guests=16, timeout_ms=TIMEOUT_MS)
            async with supervised_hub(url, folder, 2) as (ports, _):
                urls, diary = [f"http://127.0.0.1:{port}" for port in ports], Diary()
                studios = tuple(CarefulStudio(casino, [at], diary, casino.guests[0], 1) for at in urls)
                rich = [guest for guest in casino.guests if guest.opening == 1_000_000]
                yield Table(casino, operator, url, owner, diary, studios, asked, rich)  # type: ignore[arg-type]
                for studio in studios:
                    await studio.http.aclose()
    finally:
        await owner.close()
        assert operator.stop() == 0
        postgres.drop_database(url)


@pytest_asyncio.fixture(loop_scope="module")
async def table(casino_table: Table) -> AsyncIterator[Table]:
    casino_table.asked.clear()
    yield casino_table
    async with asyncio.timeout(30):
        while await open_ends(casino_table.database_url):
            await asyncio.sleep(0.1)
    assert (
        await disagreements(casino_table.database_url, casino_table.operator, casino_table.casino, casino_table.diary)
        == []
    )


async def test_every_command_fifty_times_at_once_over_two_processes(table: Table) -> None:
    guest = table.guest()
    bet, win = table.deed("BET", guest, 1725), None
    words = table.studios[0].change
    told = await table.repeated("changebalance", words(bet))
    assert told.data["balance"] == Decimal("9982.75")
    assert [data["transaction_type"] for data in table.calls("changebalance")] == ["BET"], "one call for fifty"
    bet.told = Told.GOOD
    win = table.deed("WIN", guest, 500, bet.round_id)
    assert (await table.repeated("changebalance", words(win))).data["balance"] == Decimal("9987.75")
    refund = table.deed("REFUND", guest, 725, bet.round_id)
    assert (await table.repeated("changebalance", words(refund))).data["balance"] == 9995
    refused = table.deed("BET", guest, 999_501, bet.round_id)
    assert (await table.repeated("changebalance", words(refused))).code == "OP_31"
    assert len(table.calls("changebalance")) == 4, "one call for each transaction"
    win.told = refund.told = Told.GOOD
    refused.told = Told.REFUSED
    assert (await table.repeated("status", of(bet))).data["transaction_status"] == "OK"
    assert (await table.repeated("cancel", of(win))).data["transaction_status"] == "CANCELED"
    win.told = Told.VOID
    never = table.deed("BET", guest, 100)
    assert (await table.repeated("cancel", of(never))).code == "OP_41"
    never.told = Told.VOID
    assert len(table.calls("cancel")) == 1
    assert (await table.repeated("finishround", of(bet))).code == "OK"
    assert len(table.calls("finishround")) == 1
    assert (await table.repeated("authenticate", {"token": guest.token})).data["balance"] == 9990
    in_euro = {"token": guest.token, "user_id": guest.user_id, "currency_code": "EUR"}
    assert (await table.repeated("balance", in_euro)).data["balance"] == 9990


async def test_other_data_under_the_same_id_is_refused_every_time(table: Table) -> None:
    deed = table.deed("BET", table.guest(), 100)
    words = table.studios[0].change(deed)
    calls = [("changebalance", words), ("changebalance", words | {"amount": "2"})] * (TIMES // 2)
    random.Random(4).shuffle(calls)
    answers = await table.at_once(calls)
    by_amount = {
        amount: {answer.code for answer, (_, data) in zip(answers, calls, strict=True) if data["amount"] == amount}
        for amount in (words["amount"], "2")
    }
    assert sorted(by_amount.values(), key=min) == [{"OK"}, {"OP_40"}], by_amount
    deed.told = Told.GOOD
    if by_amount["2"] == {"OK"}:
        deed.amount = 200
    assert len(table.calls("changebalance")) == 1


async def test_fifty_bets_at_once_with_funds_for_one(table: Table) -> None:
    guest = table.guest()
    bets = [table.deed("BET", guest, 600_000) for _ in range(TIMES)]
    answers = await table.at_once([("changebalance", table.studios[0].change(bet)) for bet in bets])
    assert Counter(answer.code for answer in answers) == {"OK": 1, "OP_31": TIMES - 1}
    for bet, answer in zip(bets, answers, strict=True):
        bet.told = Told.GOOD if answer.code == "OK" else Told.REFUSED


async def test_cancel_before_bet(table: Table) -> None:
    bet = table.deed("BET", table.guest(), 100)
    assert (await table.one("cancel", of(bet))).code == "OP_41"
    assert (await table.change(bet, Told.VOID)).code == "OP_49"
    assert (await table.one("cancel", of(bet))).code == "OP_41"
    assert table.asked == [], "the operator need not know"


async def test_late_wins_after_the_session_ended(table: Table) -> None:
    guest = table.guest()
    bet = table.deed("BET", guest, 1_000)
    await table.change(bet, Told.GOOD)
    token = table.calls("changebalance")[0]["token"]
    table.operator.admin("DELETE", f"tokens/{token}")
    await table.owner.execute("UPDATE session SET ended_at = now() WHERE token = $1", guest.token)
    late = table.deed("BET", guest, 100)
    assert (await table.change(late, Told.VOID)).code == "OP_21"
    for said in (guest.token, None, "2sjcctokenofnobody00000"):
        win = table.deed("WIN", guest, 250, bet.round_id)
        first = await table.change(win, Told.GOOD, token=said)
        assert first.code == "OK" and (await table.change(win, Told.GOOD, token=said)).said == first.said
    assert len(table.calls("changebalance")) == 4, "each win paid once"


async def test_win_on_a_blocked_player(table: Table) -> None:
    guest = table.guest()
    bet, next_bet = table.deed("BET", guest, 1_000), table.deed("BET", guest, 100)
    await table.change(bet, Told.GOOD)
    await table.owner.execute("UPDATE player SET blocked = true WHERE operator_user_id = $1", guest.operator_user)
    table.operator.admin("PUT", f"players/{guest.operator_user}", {"blocked": True})
    win = table.deed("WIN", guest, 5_000, bet.round_id)
    assert (await table.change(win, Told.GOOD)).data["balance"] == 10_040
    assert (await table.change(next_bet, Told.REFUSED)).code == "OP_33"


async def test_many_cancels_at_once_undo_once(table: Table) -> None:
    guest = table.guest()
    for kind in ("BET", "WIN"):
        deed = table.deed(kind, guest, 700)
        await table.change(deed, Told.VOID)
        told = await table.repeated("cancel", of(deed))
        assert told.data["transaction_status"] == "CANCELED"
        assert (await table.change(deed, Told.VOID)).code == "OP_49"
    # The operator's own audit counts how often each was undone (see the fixture).
    assert len(table.calls("cancel")) == 2


async def test_a_bet_and_its_cancel_at_once(table: Table) -> None:
    guest = table.guest()
    bets = [table.deed("BET", guest, 100) for _ in range(TIMES)]
    answers = await asyncio.gather(*(_bet_and_cancel(table, bet, number) for number, bet in enumerate(bets)))
    told = Counter(
        (of_bet.code, of_cancel.data.get("transaction_status", of_cancel.code)) for of_bet, of_cancel in answers
    )
    print(told)
    assert set(told) <= {("OK", "CANCELED"), ("OP_47", "CANCELED"), ("OP_49", "OP_41"), ("OP_49", "CANCELED")}, told
    for bet in bets:
        bet.told = Told.VOID
        assert (await table.one("changebalance", table.studios[0].change(bet))).code == "OP_49"


async def _bet_and_cancel(table: Table, bet: Deed, number: int) -> tuple[Answer, Answer]:
    """The cancel somewhere in the life of its bet, through the other process."""
    one, other = table.studios if number % 2 else reversed(table.studios)

    async def cancel() -> Answer | None:
        for _ in range(number % 5):
            await other.post("status", of(bet))
        return await other.post("cancel", of(bet))

    of_bet, of_cancel = await asyncio.gather(one.post("changebalance", one.change(bet)), cancel())
    assert of_bet is not None and of_cancel is not None
    return of_bet, of_cancel
