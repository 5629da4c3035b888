"""Two hubs in a chain: the casino's hub B has the players' money, hub A the games. For B, A is a studio; for A, B's wallet is a
seamless operator. The real house studio plays at A, and both ledgers agree to the cent."""

import asyncio
import json
import random
import secrets
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from fault_proxy import Fault, fault_proxy
from pitboss.simulate.browser import Browser
from pitboss.simulate.errors import Refusal
from pitboss.simulate.stakes import stake_makers
from running_sandbox import RunningSandbox, Studio, running_sandbox, wait_until

OPERATOR_ID, SECRET = "chainedhub", "between-the-two-hubs"
TIMEOUT_MS = 3_000
ROUNDS = 6


@dataclass
class Chain:
    """`agent_id`: A's agent that is B; `games`: B's codes of A's games by the house's own id."""

    casino: RunningSandbox
    platform: RunningSandbox
    agent_id: int
    games: dict[int, str]

    def wallet(self, path: str) -> None:
        """Where A finds B's wallet from now on."""
        changed = self.platform.cli("agent", "set", "--agent", str(self.agent_id), "--wallet-url", path)
        assert changed.returncode == 0, changed.stderr


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    folder = tmp_path_factory.mktemp("chain")
    few = ("--workers", "1", "--no-backoffice")
    with running_sandbox(folder / "a", *few) as platform, running_sandbox(folder / "b", *few) as casino:
        agent = told(
            platform.cli(
                "agent", "create", "--name", "Hub B", "--type", "seamless", "--wallet-url", f"{casino.base_url}/wallet",
                "--operator-id", OPERATOR_ID, "--secret", SECRET, "--currency", "EUR,IDR", "--wallet-timeout-ms",
                str(TIMEOUT_MS), "--json",
            )
        )  # fmt: skip
        told(
            casino.cli(
                "provider", "create", "--id", "huba", "--operator-id", OPERATOR_ID, "--secret", SECRET, "--launch-url",
                platform.base_url, "--json",
            )
        )  # fmt: skip
        yield Chain(casino, platform, agent["agent_id"], offer_games(casino, platform, agent, folder))


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def offer_games(
    casino: RunningSandbox, platform: RunningSandbox, agent: dict[str, Any], folder: Path
) -> dict[int, str]:
    """A's own list, as a platform's customers read it, is what B takes over."""
    rows = platform.fetch(
        "SELECT g.id, g.provider_game_id, g.name FROM game g JOIN provider p ON p.id = g.provider_id WHERE p.code = 'house'"
    )
    listed = folder / "games.json"
    listed.write_text(json.dumps([{"gameId": row["id"], "name": row["name"], "category": "slot"} for row in rows]))
    imported = casino.cli("provider", "games", "import", "--provider", "huba", str(listed))
    assert imported.returncode == 0, imported.stderr
    assert agent["operator_id"] == OPERATOR_ID
    wait_until(lambda: len(casino.result("games", {"providerId": "huba"})["items"]) == len(rows))
    codes = casino.fetch(
        "SELECT g.code, g.provider_game_id FROM game g JOIN provider p ON p.id = g.provider_id WHERE p.code = 'huba'"
    )
    by_number = {row["provider_game_id"]: row["code"] for row in codes}
    return {row["provider_game_id"]: by_number[row["id"]] for row in rows}


def launched(chain: Chain, username: str, currency: str) -> str:
    """The slot of the house, through both."""
    url = chain.casino.launch(username, currency, chain.games[1])["url"]
    assert url.startswith(chain.platform.base_url)
    return url


def books(sandbox: RunningSandbox, where: str) -> dict[str, dict[str, Any]]:
    """The transactions of one side of the chain. Minor units; cancels themselves left out."""
    rows = sandbox.fetch(
        "SELECT t.provider_tx_id, t.number, t.kind, t.state, t.real_amount, t.round_id, w.currency, r.number AS round_number,"
        " w.user_in_game, pl.operator_user_id FROM transaction t JOIN provider p ON p.id = t.provider_id"
        " JOIN wallet w ON w.agent_id = t.agent_id AND w.id = t.wallet_id"
        " JOIN player pl ON pl.agent_id = w.agent_id AND pl.player_id = w.player_id"
        " LEFT JOIN round r ON r.agent_id = t.agent_id AND r.provider_id = t.provider_id AND r.wallet_id = t.wallet_id"
        f"  AND r.round_id = t.round_id WHERE NOT t.is_cancel AND t.kind IN ('bet', 'win', 'refund') AND {where}"
    )
    return {row["provider_tx_id"]: dict(row) for row in rows}


def differences(chain: Chain) -> list[str]:
    """What A sent under its number is what B has under that id."""
    ours = {str(row["number"]): row for row in books(chain.platform, f"t.agent_id = {chain.agent_id}").values()}
    theirs = books(chain.casino, "p.code = 'huba'")
    problems = [f"only B has {theirs[tx]}" for tx in theirs.keys() - ours.keys() if theirs[tx]["state"] != "tombstone"]
    for number, row in ours.items():
        there = theirs.get(number)
        if there is None or row["state"] == "canceled":
            if row["state"] not in ("canceled", "refused") or (
                there and there["state"] not in ("canceled", "tombstone", "refused")
            ):
                problems.append(f"A has {row}, B {there}")
            continue
        names = ("kind", "state", "real_amount", "currency")
        same = {name: row[name] for name in names} == {name: there[name] for name in names}
        if (
            not same
            or row["operator_user_id"] != there["user_in_game"]
            or str(row["round_number"]) != there["round_id"]
        ):
            problems.append(f"A has {row}, B {there}")
    return problems


def taken(chain: Chain, currency: str) -> int:
    """What A's ledger took from the operator's account, minor units."""
    [row] = chain.platform.fetch(
        "SELECT coalesce(sum(e.amount) FILTER (WHERE f.kind = 'operator'), 0)::bigint"
        " - coalesce(sum(e.amount) FILTER (WHERE t.kind = 'operator'), 0)::bigint AS taken FROM entry e"
        " JOIN account f ON f.agent_id = e.agent_id AND f.id = e.from_account"
        " JOIN account t ON t.agent_id = e.agent_id AND t.id = e.to_account WHERE e.agent_id = $1 AND f.currency = $2",
        chain.agent_id,
        currency,
    )
    return int(row["taken"])


def settled(chain: Chain) -> bool:
    [row] = chain.platform.fetch("SELECT count(*) AS open FROM operator_call")
    return int(row["open"]) == 0


async def play(url: str, rounds: int) -> tuple[Browser, int]:
    """So many rounds as a browser does; the page, and how many stakes were not taken."""
    refused = 0
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        browser = await Browser.open(http, url)
        maker, values = stake_makers()[int(browser.game["id"])], sorted(map(Decimal, browser.game["bet_values"]))
        for number in range(rounds):
            stake = maker.make(random.Random(number), values[0], values)
            try:
                await browser.play(f"chain-{secrets.token_hex(6)}", stake)
            except Refusal:
                refused += 1
    return browser, refused


def must_agree(chain: Chain) -> None:
    wait_until(lambda: settled(chain), seconds=60)
    assert differences(chain) == []
    for side in (chain.platform, chain.casino):
        audit = side.cli("verify")
        assert audit.returncode == 0, audit.stdout


@pytest.mark.parametrize(("currency", "unit"), [("EUR", 1), ("IDR", 1000)])
def test_a_game_through_both_hubs(chain: Chain, currency: str, unit: int) -> None:
    """`unit`: the house counts IDR in KIDR, and neither hub between them does."""
    username = f"aurora0{3 if currency == 'EUR' else 4}"
    before, took = Decimal(chain.casino.balance(username, currency)), taken(chain, currency)
    browser, refused = asyncio.run(play(launched(chain, username, currency), ROUNDS))
    after = Decimal(chain.casino.balance(username, currency))
    assert refused == 0
    assert (browser.currency, browser.balance * unit) == ("KIDR" if currency == "IDR" else "EUR", after)
    assert before - after == Decimal(taken(chain, currency) - took).scaleb(-2)
    must_agree(chain)
    kinds = Counter(
        row["kind"] for row in books(chain.casino, "p.code = 'huba'").values() if row["currency"] == currency
    )
    assert kinds["bet"] == ROUNDS and kinds["win"] > 0


def test_cancels_go_through_both_hubs(chain: Chain) -> None:
    """Every answer to a bet is lost between the hubs: the house cancels what A made void, A cancels at B what B had booked."""
    before = chain.casino.balance("aurora05", "EUR")
    url = launched(chain, "aurora05", "EUR")

    async def through_a_bad_line() -> int:
        async with fault_proxy(f"{chain.casino.base_url}/wallet", TIMEOUT_MS / 1000, 1, (Fault.BOOKED_500,)) as proxy:
            proxy.only, proxy.rate = b'"transaction_type":"BET"', 1.0
            await asyncio.to_thread(chain.wallet, proxy.url)
            await asyncio.to_thread(wait_until, lambda: httpx.get(url, trust_env=False) and proxy.ill)
            refused = (await play(url, 2))[1]
            assert proxy.seen[Fault.BOOKED_500] == 2
            await asyncio.to_thread(wait_until, lambda: settled(chain), 60)
        return refused

    try:
        assert asyncio.run(through_a_bad_line()) == 2
    finally:
        chain.wallet(f"{chain.casino.base_url}/wallet")
    must_agree(chain)
    assert chain.casino.balance("aurora05", "EUR") == before
    there = [row for row in books(chain.casino, "p.code = 'huba'").values() if row["state"] == "canceled"]
    assert len(there) == 2, "B had booked both, and gave both back"


def test_the_end_of_a_round_is_told_through_both_hubs(chain: Chain) -> None:
    """The house ends its rounds with their win; a studio that says so by itself is passed on as well."""
    url = launched(chain, "aurora06", "EUR")
    with httpx.Client(timeout=30, follow_redirects=False, trust_env=False) as http:
        token = httpx.URL(http.get(url).headers["location"]).params["token"]
    house = chain.platform.credentials["providers"][0]
    studio = Studio(house["wallet_url"], house["operator_id"], house["secret_key"])
    player = studio.send("authenticate", {"token": token})["data"]
    round_id, tx = secrets.randbelow(10**15), secrets.randbelow(10**15)
    change = {
        "token": token, "user_id": player["user_id"], "round_id": round_id, "round_finished": False, "game_id": 1,
        "currency_code": "EUR", "transaction_type": "BET", "transaction_id": tx, "amount": 2.5,
    }  # fmt: skip
    assert studio.send("changebalance", change)["status"] == "OK"
    of_round = {"user_id": player["user_id"], "round_id": round_id, "game_id": 1}
    assert studio.send("finishround", of_round)["status"] == "OK"
    [ours] = chain.platform.fetch("SELECT number, finished FROM round WHERE round_id = $1", str(round_id))
    [theirs] = chain.casino.fetch("SELECT finished, staked FROM round WHERE round_id = $1", str(ours["number"]))
    assert ours["finished"] and theirs["finished"] and theirs["staked"] == 250
    assert studio.send("cancel", of_round | {"transaction_id": tx})["data"]["transaction_status"] == "CANCELED"
    must_agree(chain)
