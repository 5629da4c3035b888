"""What the sandbox's contract promises about its file and its content."""

import json
import re
import stat
import subprocess

from running_sandbox import RunningSandbox

AGENT_MEMBERS = {
    "name", "agent_id", "prefix", "type", "base_currency", "currencies", "operator_id", "secret_key", "external_api_key",
    "partner_api_key", "events_api_key", "wallet_url",
}  # fmt: skip
HELD = {"EUR": 1_000_000, "USD": 1_000_000, "GBP": 1_000_000, "THB": 10**9, "IDR": 10**11}


def test_the_credentials_are_private_and_whole(sandbox: RunningSandbox) -> None:
    told = sandbox.credentials
    assert stat.S_IMODE(sandbox.file.stat().st_mode) == 0o600
    assert stat.S_IMODE((sandbox.file.parent / "data" / "sandbox.json").stat().st_mode) == 0o600
    assert set(told) == {"base_url", "backoffice", "database_url", "agents", "providers"}
    assert told["base_url"] == sandbox.base_url
    assert told["backoffice"] is None
    assert all(set(agent) == AGENT_MEMBERS for agent in told["agents"])
    assert [a["type"] for a in told["agents"]] == ["transfer", "transfer", "seamless"]
    assert [bool(a["wallet_url"]) for a in told["agents"]] == [False, False, True]
    assert set(told["providers"][0]) == {"id", "operator_id", "secret_key", "wallet_url"}
    assert told["providers"][0]["wallet_url"] == f"{sandbox.base_url}/wallet"


def test_no_secret_is_on_the_terminal(sandbox: RunningSandbox) -> None:
    shown = sandbox.log.read_text()
    secrets = [
        agent[name] for agent in sandbox.credentials["agents"] for name in AGENT_MEMBERS if name.endswith("_key")
    ]
    secrets += [provider["secret_key"] for provider in sandbox.credentials["providers"]]
    secrets.append(re.search(r"://[^:]+:([^@]+)@", sandbox.database_url)[1])  # type: ignore[index]
    assert len(secrets) >= 14
    assert not [secret for secret in secrets if secret in shown]


def test_agents_hold_what_they_should_after_their_players_were_paid(sandbox: RunningSandbox) -> None:
    rows = sandbox.fetch(
        "SELECT w.agent_id, w.currency, w.balance, c.scale FROM wallet w JOIN currency c ON c.code = w.currency"
        " WHERE w.player_id IS NULL"
    )
    assert {(row["agent_id"], row["currency"]) for row in rows} == {
        (agent["agent_id"], currency) for agent in sandbox.credentials["agents"] for currency in agent["currencies"]
    }
    assert all(row["balance"] == HELD[row["currency"]] * 10 ** row["scale"] for row in rows)


def test_twenty_players_can_be_found_with_money(sandbox: RunningSandbox) -> None:
    rows = sandbox.fetch(
        "SELECT p.agent_id, p.username FROM player p JOIN wallet w USING (agent_id, player_id)"
        " GROUP BY 1, 2 HAVING min(w.balance) > 0"
    )
    assert len(rows) == 20


def test_the_house_counts_rupiah_in_thousands(sandbox: RunningSandbox) -> None:
    launched = sandbox.launch("aurora02", "IDR", "house_00001")
    assert launched["currency"] == "KIDR"


def test_games_come_with_their_return(sandbox: RunningSandbox) -> None:
    games = sandbox.result("games", {"query": ""})["items"]
    assert len(games) == 5
    assert all(re.fullmatch(r"9\d(\.\d\d?)?", game["rtp"]) for game in games)


def test_the_books_are_in_order(sandbox: RunningSandbox) -> None:
    audit = sandbox.cli("verify", "--json")
    assert (audit.returncode, json.loads(audit.stdout)) == (0, [])


def test_the_printed_curl_lines_work(sandbox: RunningSandbox, tmp_path: object) -> None:
    lines = [line.strip() for line in sandbox.log.read_text().splitlines()]
    key = next(line for line in lines if line.startswith("KEY="))
    curls = [line for line in lines if line.startswith("curl ")]
    assert len(curls) == 3
    for curl in curls:
        ran = subprocess.run(["bash", "-c", f"{key}\n{curl}"], capture_output=True, text=True, timeout=20)
        assert json.loads(ran.stdout)["ok"] is True


def test_the_api_document_tells_of_everything_under_described_tags(sandbox: RunningSandbox) -> None:
    told = sandbox.http.get("/schema/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    operations = {(path, method): said for path, methods in told["paths"].items() for method, said in methods.items()}
    used = {tag for said in operations.values() for tag in said["tags"]}
    assert used == {tag["name"] for tag in told["tags"]}
    agent_calls = [said for (path, _), said in operations.items() if path.startswith("/external/")]
    assert len(agent_calls) >= 32
    assert all(said["security"] == [{"agentKey": []}] for said in agent_calls)
