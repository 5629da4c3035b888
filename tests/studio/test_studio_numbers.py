"""From seeds to pockets and rolls: equally likely, and drawn again by anyone with the seeds."""

import hashlib
import hmac
import json
import re
import secrets
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from operator_peer import OPERATOR_ID
from studio_process import Player, StudioProcess

from pitboss_studio.fairness import NumberStream
from pitboss_studio.games.game import Game
from pitboss_studio.games.registry import all_games, game_named
from pitboss_studio.web.documents import PAGES

SEEDS, NONCES = 100, 800


def draws(slug: str, what: Callable[[dict[str, Any]], int]) -> list[int]:
    """The game's own draws over fixed seeds."""
    game = game_named(slug)
    assert game is not None
    stake = game.read_stake("EUR", game.example("EUR"))
    return [
        what(game.draw(stake, NumberStream(f"server-{seed}", "client", nonce).below).steps[0].view)
        for seed in range(SEEDS)
        for nonce in range(NONCES)
    ]


def is_uniform(values: list[int], cells: int) -> bool:
    """Chi-square at the 0.01 % level, by Wilson and Hilferty's approximation of its quantile."""
    counts = [0] * cells
    for value in values:
        counts[value] += 1
    expected = len(values) / cells
    statistic = sum((count - expected) ** 2 for count in counts) / expected
    freedom = cells - 1
    limit = freedom * (1 - 2 / (9 * freedom) + 3.719 * (2 / (9 * freedom)) ** 0.5) ** 3
    return statistic < limit


def test_pockets_are_equally_likely() -> None:
    assert is_uniform(draws("roulette", lambda view: view["pocket"]), 37)


def test_rolls_are_equally_likely() -> None:
    rolls = draws("dice", lambda view: int(view["roll"].replace(".", "")))
    assert is_uniform([roll // 100 for roll in rolls], 100), "hundreds"
    assert is_uniform([roll % 100 for roll in rolls], 100), "hundredths"


def test_the_chi_square_finds_a_modulo_bias() -> None:
    """A byte modulo 37, or two bytes modulo 10,000, are the mistakes this test exists for."""
    digests = [
        hmac.new(f"server-{seed}".encode(), f"client:{nonce}:0".encode(), hashlib.sha256).digest()
        for seed in range(SEEDS)
        for nonce in range(NONCES)
    ]
    assert not is_uniform([digest[0] % 37 for digest in digests], 37)
    assert not is_uniform([int.from_bytes(digest[:2], "big") % 10_000 // 100 for digest in digests], 100)


def studio_cli(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pitboss", "studio", *arguments], capture_output=True, text=True, timeout=120
    )


STAKES: dict[str, dict[str, Any]] = {
    "slot": {"bet": "1"},
    "roulette": {"bets": [{"place": "red", "amount": "1"}, {"place": "split-0-3", "amount": "0.2"}]},
    "dice": {"bet": "1", "side": "over", "target": "50.49"},
}


@pytest.mark.parametrize("slug", list(STAKES))
def test_check_draws_a_played_round_again(studio: StudioProcess, slug: str) -> None:
    game = game_named(slug)
    assert game is not None
    player = Player(studio, game_id=game.game_id)
    answer = None
    for turn in range(3):
        answer = player.post("spin", {"spin_id": f"{secrets.token_hex(8)}-{turn}", **STAKES[slug]}).json()
        while answer["round"]["more"]:
            answer = player.step(answer["round"])
    assert answer is not None
    player.post("seed", {"client_seed": "next"})
    facts = player.get(f"fairness/{answer['round']['id']}")
    asked = (
        "check", "--game", slug, "--server-seed", facts["server_seed"], "--client-seed", facts["client_seed"],
        "--nonce", str(facts["nonce"]), "--stake", json.dumps(STAKES[slug]),
    )  # fmt: skip
    told = studio_cli(*asked, "--commitment", facts["commitment"], "--json")
    assert told.returncode == 0, told.stderr
    redrawn = json.loads(told.stdout)
    assert redrawn["steps"] == answer["round"]["steps"]
    assert redrawn["win"] == answer["round"]["win"]
    assert redrawn["commitment_matches"] is True
    wrong = studio_cli(*asked, "--commitment", "0" * 64)
    assert wrong.returncode == 1
    assert "DOES NOT MATCH" in wrong.stdout


def test_mistakes_on_the_command_line_are_one_line() -> None:
    seeds = ("--server-seed", "a", "--client-seed", "b", "--nonce", "0")
    for arguments, words in [
        (("check", "--game", "poker", *seeds), "poker"),
        (("check", "--game", "dice", *seeds, "--stake", "{"), "JSON"),
        (("check", "--game", "dice", *seeds, "--stake", "[]"), "object"),
        (("check", "--game", "dice", *seeds, "--stake", '{"bet":"7"}'), "bet"),
        (("rtp", "poker"), "poker"),
    ]:
        told = studio_cli(*arguments)
        assert told.returncode == 2
        assert words in told.stderr
        assert len(told.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("slug", "exact"), [("roulette", "36/37"), ("dice", "99/100")])
def test_rtp_is_told_to_people_and_programs(slug: str, exact: str) -> None:
    told = studio_cli("rtp", slug, "--rounds", "300000", "--seed", "5", "--json")
    assert told.returncode == 0, told.stderr
    report = json.loads(told.stdout)
    assert (report["game"], report["exact_fraction"], report["rounds"], report["agrees"]) == (
        slug,
        exact,
        300_000,
        True,
    )
    assert abs(report["simulated"] - float(report["exact"])) < 4 * report["margin95"]
    assert "agrees" in studio_cli("rtp", slug, "--rounds", "300000", "--seed", "5").stdout


def test_the_lobby_has_a_card_for_every_game(studio: StudioProcess) -> None:
    query = {"mode": "fun", "lobby_id": "house", "currency": "EUR", "operator_id": OPERATOR_ID}
    with httpx.Client(follow_redirects=True, base_url=studio.url) as browser:
        lobby = browser.get("/", params=query).text
        for game in all_games().values():
            assert game.name in lobby
            link = re.search(rf'href="(/lobby/[^"]+/{game.game_id})"', lobby)
            assert link, game.name
            assert browser.get(link[1]).url.path.startswith("/play/")
            picture = re.search(rf'src="(/assets/{game.slug}/[^"]+)"', lobby)
            assert picture
            if (PAGES / game.slug).exists():
                assert browser.get(picture[1]).headers["content-type"].startswith("image/svg"), game.name


def test_games_keep_the_protocol() -> None:
    games: list[Game] = list(all_games().values())
    assert [game.game_id for game in games if game.slug in STAKES] == [1, 2, 4]
    for game in games:
        stake = game.read_stake("EUR", game.example("EUR"))
        outcome = game.draw(stake, NumberStream("a", "b", 0).below)
        log = game.round_log([{"view": step.view, "win": str(step.win)} for step in outcome.steps])
        assert log["log_type"] in ("iframe", "hand", "roulette", "dice", "table"), game.slug
