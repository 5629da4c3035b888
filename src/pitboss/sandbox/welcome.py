"""What a person may do next, printed when the sandbox is ready: games to open, three lines to try."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from pitboss.sandbox import contents

SEAMLESS_PLAYER = "demo01"


async def welcome(hub: str, credentials: dict[str, Any], file: Path, operator_dir: Path) -> None:
    """Print it on stderr. The API key is read from the file by the lines themselves: it is not shown. `operator_dir`: where the
    seamless casino keeps its books."""
    agent = credentials["agents"][0]
    demo = contents.AGENTS[0]
    player, currency = demo.players[0], demo.currencies[0]
    game, url = await _launch(hub, agent, player, currency)
    seamless = next(agent for agent in credentials["agents"] if agent["type"] == "seamless")
    link = await _operators_link(hub, seamless, game, operator_dir)
    read_key = f"import json; print(json.load(open('{file}'))['agents'][0]['external_api_key'])"
    call = (
        f'curl -s {hub}/external/v1.6/%s -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" -d \'%s\''
    )
    read_url = f"import json; print(json.load(open('{file}'))['database_url'])"
    lines = [
        "",
        f"  Play as {player} of {demo.name}, in {currency}:",
        f"    {url}",
        f"  Play as {SEAMLESS_PLAYER} of {seamless['name']}, whose money stays with it:",
        f"    {link}",
        "  Another token for such a link (each opens one game):",
        f"    .venv/bin/pitboss operator token issue --player {SEAMLESS_PLAYER} --data-dir '{operator_dir}'",
        "  Play for fun:",
        f"    {hub}/?mode=fun&game_id={game}",
        "  Watch the money (run the first line once):",
        f'    KEY=$(python3 -c "{read_key}")',
        "    " + call % ("getPlayerBalance", f'{{"username": "{player}", "currency": "{currency}"}}'),
        "    " + call % ("deposit", f'{{"username": "{player}", "amount": "100", "currency": "{currency}"}}'),
        "    " + call % ("history", f'{{"username": "{player}"}}'),
        "  Audit the ledger:",
        f'    export PITBOSS_DATABASE_URL=$(python3 -c "{read_url}"); .venv/bin/pitboss verify',
        *_back_office(credentials),
        f"  All credentials: {file}   Ctrl-C ends it all; the data stays.",
        "",
    ]
    print("\n".join(lines), file=sys.stderr, flush=True)


def _back_office(credentials: dict[str, Any]) -> list[str]:
    known = credentials["backoffice"]
    if known is None:
        return []
    return ["  Back office (its password is in the credentials file):", f"    {known['url']} as {known['username']}"]


async def _launch(hub: str, agent: dict[str, Any], player: str, currency: str) -> tuple[str, str]:
    """(the hub's id of the first game, a launch URL of a new session)."""
    headers = {"Authorization": f"Bearer {agent['external_api_key']}"}
    async with httpx.AsyncClient(base_url=f"{hub}/external/v1.6", headers=headers) as client:
        games = (await client.post("/games", json={})).json()["result"]["items"]
        body = {
            "username": player, "isMobile": False, "gameId": games[0]["id"], "lang": "en", "currency": currency,
            "playerIp": "127.0.0.1",
        }  # fmt: skip
        launched = (await client.post("/launchGame", json=body)).json()
    return games[0]["id"].rsplit("_", 1)[1].lstrip("0"), launched["result"]["url"]


async def _operators_link(hub: str, agent: dict[str, Any], game: str, operator_dir: Path) -> str:
    """What a casino's own page would send a player's browser to: the casino's token, no call of the hub's API."""
    admin = agent["wallet_url"].removesuffix("/wallet") + "/admin"
    headers = {"Authorization": "Bearer " + (operator_dir / "admin.token").read_text("ascii").strip()}
    async with httpx.AsyncClient(headers=headers) as client:
        issued = (await client.post(f"{admin}/tokens", json={"user_id": SEAMLESS_PLAYER})).json()
    query = {
        "mode": "real", "game_id": game, "token": issued["token"], "currency": agent["base_currency"], "language": "en",
        "operator_id": agent["operator_id"],
    }  # fmt: skip
    return f"{hub}/?{urlencode(query)}"
