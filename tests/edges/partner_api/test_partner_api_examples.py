"""Every hand-written conversation of wire_examples/partner_api, against a hub."""

from contextlib import AsyncExitStack
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

import pytest

from agent_stage import Stage
from partner_desk import Partner
from seamless_casino import Casino, casino_of
from studio_peer import StudioPeer, studio_peer
from wire_example import EXAMPLES, Exchange, differences, exact_json, filled, means, read_example

FILES = sorted((EXAMPLES / "partner_api").glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_example(path: Path, stage: Stage, partner: Partner) -> None:
    names: dict[str, str] = {}
    tokens: list[str] = []
    async with AsyncExitStack() as others:
        peers = Peers(stage, others)
        for exchange in read_example(path):
            where = f"{path.name}:{exchange.line}"
            if exchange.deed[:1] == ("studio",):
                await peers.studio_says(*exchange.deed[1:])
            elif exchange.deed[:1] == ("operator",):
                await peers.operator_has(*exchange.deed[2:])
            elif exchange.deed:
                await _do(stage, tokens, *(filled(word, names) for word in exchange.deed))
            else:
                assert await _differences(partner, exchange, tokens, names) == [], where


class Peers:
    """The studio `pg` and the wallet of `sea`, which are there from when an example names them."""

    def __init__(self, stage: Stage, others: AsyncExitStack) -> None:
        self.stage, self.others = stage, others
        self.studio: StudioPeer | None = None
        self.casino: Casino | None = None

    async def studio_says(self, command: str, *answer: str) -> None:
        if self.studio is None:
            self.studio = self.others.enter_context(studio_peer("pg secret"))
            await self.stage.sql("UPDATE provider SET callback_url = $1 WHERE code = 'pg'", self.studio.url)
        self.studio.answers[command] = " ".join(answer)

    async def operator_has(self, balance: str, currency: str) -> None:
        if self.casino is None:
            self.casino = await self.others.enter_async_context(casino_of(self.stage))
        self.casino.has(balance, currency)


async def _differences(partner: Partner, exchange: Exchange, tokens: list[str], names: dict[str, str]) -> list[str]:
    headers = {name.replace("-", "_"): value for name, value in exchange.request_headers.items()}
    agent = getattr(partner.stage, headers.pop("Agent", "one"))
    method, _, target = exchange.target.partition(" ")
    if method == "GET":
        path, _, query = target.partition("?")
        response = await partner.get(path, query, agent=agent, **headers)
    else:
        body = filled(exchange.body, names)
        for place, token in enumerate(tokens, 1):
            body = body.replace(f"TOKEN{place}", token)
        response = await partner.post(target, body.encode(), agent=agent, **headers)
    if exchange.answer_headers.get("content-type", "").startswith("text/csv"):
        lines = zip_longest(exchange.answer.rstrip("\n").split("\n"), response.text.split("\r\n")[:-1], fillvalue="")
        found = [actual for expected, actual in lines if not means(expected, actual)]
    else:
        found = differences(exact_json(filled(exchange.answer, names)), exact_json(response.content), names=names)
    if response.status_code != exchange.status:
        found.append(f"status {response.status_code}: {response.text}")
    for name, value in exchange.answer_headers.items():
        if response.headers.get(name) != value:
            found.append(f"{name}: {response.headers.get(name)}")
    return found


async def _do(stage: Stage, tokens: list[str], what: str, *words: str) -> None:
    if what == "player":
        await stage.player(words[0], **({"currency": words[1]} if len(words) > 1 else {}))
    elif what == "block":
        await stage.owner.execute("UPDATE player SET blocked = true WHERE agent_id = 1 AND username = $1", *words)
    elif what == "launch":
        tokens.append(await stage.launched(*words))
    elif what == "deposit":
        username, amount, currency = words
        body = {"username": username, "amount": amount, "currency": currency}
        assert (await stage.call("v1.6/deposit", body))["ok"]
    elif what == "offers":
        await stage.sql("UPDATE game SET has_free_chip = true WHERE code = $1", *words)
    else:
        amount, tx_id, round_id, *named = words
        reason = named[0] if named else None
        more = {"reason": reason}
        if what.startswith("free-"):
            more = {"reason": "PROMO-FREESPIN", "campaign_code": reason}
        minor = int(Decimal(amount) * 100)
        await stage.play(what.removeprefix("free-"), tokens[-1], minor, tx_id, round_id, **more)


def test_every_example_has_exchanges() -> None:
    assert len(FILES) >= 11
    for path in FILES:
        exchanges = read_example(path)
        assert exchanges, path
        assert all(exchange.deed or (exchange.status and exchange.answer.strip()) for exchange in exchanges), path


def test_every_operation_and_report_has_an_example_in_which_it_succeeds() -> None:
    reads = """activeBonuses nonActiveBonuses freeSpinBetValues playerLimits reports/entityBalances reports/gameRound/pg_00001
        reports/gameTransactionLineItems reports/stats reports/playerGameTransactions reports/openGameRounds""".split()
    writes = """setPlayerTags logout getGameLaunchUrl giveFreeSpins giveGoldenChips removeBonus setPlayerLimits
        notifyBalanceChange""".split()
    shown = {
        exchange.target.partition("?")[0] for path in FILES for exchange in read_example(path) if exchange.status == 200
    }
    assert {f"GET {name}" for name in reads} | {f"POST {name}" for name in writes} == shown
