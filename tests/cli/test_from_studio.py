"""`provider games import --from-studio` and `game rtp`, as people run them."""

from collections.abc import Iterator

import pytest
from command_line import Cli

from studio_peer import StudioPeer, studio_peer

GAMES = '[{"gameId": 12, "name": "Acme Twelve", "category": "slot", "rtp": 96.210, "betValues": {"EUR": ["0.2", "1"]}}]'


@pytest.fixture
def studio() -> Iterator[StudioPeer]:
    with studio_peer("acme secret") as peer:
        yield peer


def attach(cli: Cli, url: str | None) -> None:
    where = [] if url is None else ["--callback-url", url]
    cli("provider", "create", "--id", "acme", "--secret", "acme secret", *where, "--json").json()


def test_the_studio_is_asked_for_its_games(cli: Cli, studio: StudioPeer) -> None:
    studio.answers["games"] = f'{{"games": {GAMES}}}'
    attach(cli, studio.url)
    told = cli("provider", "games", "import", "--provider", "acme", "--from-studio", "--json").json()
    assert told == {"provider": "acme", "added": 1, "changed": 0, "unchanged": 0}
    [game] = cli("provider", "games", "list", "--provider", "acme", "--json").json()
    assert (game["provider_game_id"], game["name"], game["rtp"]) == (12, "Acme Twelve", "96.21")
    assert studio.seen[0].said["command"] == "games"


def test_what_is_wrong_with_the_list_is_told(cli: Cli, studio: StudioPeer) -> None:
    studio.answers["games"] = '[{"gameId": 12, "name": "Acme Twelve"}]'
    attach(cli, studio.url)
    assert "category" in cli("provider", "games", "import", "--provider", "acme", "--from-studio").mistake()
    assert cli("provider", "games", "list", "--json").json() == []


def test_a_studio_that_does_not_list_or_does_not_answer(cli: Cli, studio: StudioPeer) -> None:
    attach(cli, studio.url)
    run = ("provider", "games", "import", "--provider", "acme", "--from-studio")
    assert "does not list its games" in cli(*run).mistake()
    studio.raw["games"] = (500, {}, b"")
    assert "HTTP 500" in _last_line(cli, *run)


def _last_line(cli: Cli, *run: str) -> str:
    done = cli(*run)
    assert done.code == 1
    return done.err.splitlines()[-1]


def test_one_source_at_a_time(cli: Cli, studio: StudioPeer) -> None:
    attach(cli, None)
    assert "FILE" in cli("provider", "games", "import", "--provider", "acme").mistake()
    assert "FILE" in cli("provider", "games", "import", "--provider", "acme", "--from-studio", "x.json").mistake()
    assert "does not list" in cli("provider", "games", "import", "--provider", "acme", "--from-studio").mistake()


def test_returns_of_nothing(cli: Cli) -> None:
    assert cli("game", "rtp", "--json").json() == []
    assert cli("game", "rtp", "--rebuild", "--json").json() == []
    assert "there is no agent 9" in cli("game", "rtp", "--agent", "9").mistake()
