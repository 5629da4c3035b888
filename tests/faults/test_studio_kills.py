"""R2 for the studio: SIGKILL again and again while players play, and no bet is left without its outcome."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx
from studio_books import bets_without_outcome, differences, pending, studio_rounds, unsettled

from pitboss.simulate.browser import Browser
from running_sandbox import RunningSandbox, running_sandbox, wait_until

BURSTS, KILLS_A_BURST = 4, 5
LONG_LIFE = 10.5
"""Seconds after which the sandbox starts a child again at once; before, it waits longer from death to death."""
SHORT_LIFE = (0.0, 2.0)
HEALING = 60.0
"""Seconds after which nobody waits any longer; nothing asserts how quick it is."""


def _studio_pid(sandbox: RunningSandbox) -> int:
    return int(wait_until(lambda: sandbox.children().get("studio")))


def _answers(sandbox: RunningSandbox) -> bool:
    """Whether the studio is there: asked at the address its launch URLs name."""
    return httpx.get(_studio_url(sandbox) + "/healthz", timeout=2, trust_env=False).status_code == 200


def _studio_url(sandbox: RunningSandbox) -> str:
    kept = json.loads((sandbox.file.parent / "data" / "sandbox.json").read_text())
    return f"http://127.0.0.1:{kept['ports']['studio']}"


def _kill(sandbox: RunningSandbox) -> None:
    pid = _studio_pid(sandbox)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: sandbox.children().get("studio") != pid)


def _restarted(sandbox: RunningSandbox) -> float:
    """Waits until the studio answers again; since when (monotonic)."""
    wait_until(lambda: _answers(sandbox), seconds=60)
    return time.monotonic()


def _kill_again_and_again(sandbox: RunningSandbox, data_dir: Path, chance: random.Random) -> Counter[str]:
    """What the studio was in the middle of when it died, over all kills."""
    interrupted = Counter[str]()
    for burst in range(BURSTS):
        for number in range(KILLS_A_BURST):
            # When in a life the kill falls; nothing is waited for.
            time.sleep(LONG_LIFE + chance.random() if number == 0 and burst else chance.uniform(*SHORT_LIFE))
            _kill(sandbox)
            interrupted.update(one["what"] for one in pending(data_dir))
            _restarted(sandbox)
    return interrupted


async def _players_come_back(sandbox: RunningSandbox, data_dir: Path) -> None:
    """Whoever was interrupted in free spins plays them to their end: that is theirs to do, not the recovery's."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        for one in pending(data_dir):
            if one["what"] != "PLAY":
                continue
            [row] = sandbox.fetch(
                "SELECT p.username, w.agent_id, w.currency FROM wallet w JOIN player p USING (agent_id, player_id)"
                " WHERE w.user_in_game = $1",
                one["user_id"],
            )
            agent = [each["agent_id"] for each in sandbox.credentials["agents"]].index(row["agent_id"])
            body = {
                "username": row["username"], "isMobile": False, "gameId": f"house_{one['game_id']:05d}", "lang": "en",
                "currency": row["currency"], "playerIp": "127.0.0.1",
            }  # fmt: skip
            browser = await Browser.open(http, sandbox.result("launchGame", body, agent)["url"])
            await browser.finish()


def test_no_bet_is_left_without_its_outcome(tmp_path: Path) -> None:
    chance = random.Random(20)
    data_dir = tmp_path / "data" / "studio"
    with running_sandbox(tmp_path) as sandbox:
        command = [sys.executable, "-m", "pitboss", "simulate", "--credentials", str(sandbox.file)]
        with subprocess.Popen(
            [*command, "--players", "40", "--rate", "60", "--seed", "5", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as players:
            try:
                wait_until(lambda: len(studio_rounds(data_dir)) > 50, seconds=60)
                interrupted = _kill_again_and_again(sandbox, data_dir, chance)
                since = _restarted(sandbox)
                left = set(unsettled(data_dir))
                wait_until(lambda: not left & set(unsettled(data_dir)), seconds=HEALING - (time.monotonic() - since))
            finally:
                players.terminate()
                told = json.loads(players.communicate(timeout=60)[0])
        wait_until(lambda: not unsettled(data_dir), seconds=HEALING)
        asyncio.run(_players_come_back(sandbox, data_dir))
        wait_until(lambda: not [one for one in pending(data_dir) if one["what"] != "CONFIRM"], seconds=HEALING)
        assert bets_without_outcome(sandbox) == []
        assert differences(sandbox, data_dir) == []
        audit = sandbox.cli("verify")
        assert audit.returncode == 0, audit.stdout
        states = Counter(round_["state"] for round_ in studio_rounds(data_dir))
        games = {round_["game_id"] for round_ in studio_rounds(data_dir) if round_["state"] == "settled"}
    print(f"rounds {dict(states)}, interrupted {dict(interrupted)}, simulated {told['rounds']}")
    assert told["skipped"] == []
    assert len(games) == 5, "not every game was played"
    assert states["settled"] > 200
    assert interrupted["BET"] + interrupted["WIN"] + interrupted["CANCEL"] > 0, (
        "no kill fell on a call; the test shows nothing"
    )
