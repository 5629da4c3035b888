"""`pitboss feed`: what it prints, changes and refuses; the consumer's key goes in and never comes out."""

import io
from pathlib import Path

import pytest
from command_line import Cli

KEY = "key-of-the-consumer"
URL = "https://crm.example/api/v1/events"


@pytest.fixture
def agent(cli: Cli) -> int:
    return int(cli("agent", "create", "--name", "Land", "--currency", "EUR", "--json").json()["agent_id"])


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "crm.key"
    path.write_text(KEY + "\n")
    return path


def test_a_feed_from_its_first_day_to_its_last(cli: Cli, agent: int, key_file: Path) -> None:
    of = ("--agent", agent)
    assert cli("feed", "add", "crm", *of, "--url", URL, "--key-file", key_file).code == 0
    listed = cli("feed", "list", *of, "--json")
    [row] = listed.json()
    assert row == {
        "agent_id": agent, "name": "crm", "url": URL, "paused": None, "last_seq": 0, "behind": 0, "delivered": 0,
        "delivered_at": None, "dead": 0, "tries": 0, "last_error": None,
    }  # fmt: skip
    assert cli("feed", "pause", "crm", *of).code == 0
    assert cli("feed", "list", "--json").json()[0]["paused"].startswith("by cli:")
    assert cli("feed", "resume", "crm", *of).code == 0
    assert cli("feed", "replay", "crm", *of, "--after", 0).out == "delivers again what is behind number 0\n"
    assert cli("feed", "replay", "crm", *of, "--dead").out == "0 events are tried once more\n"
    assert cli("feed", "dead", "crm", *of, "--json").json() == []
    assert cli("feed", "key", "crm", *of, "--key-file", key_file).code == 0
    assert cli("feed", "remove", "crm", *of).code == 0
    assert cli("feed", "list", "--json").json() == []
    assert KEY not in listed.out + listed.err


def test_the_key_may_come_from_standard_input(cli: Cli, agent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(KEY))
    assert cli("feed", "add", "crm", "--agent", agent, "--url", URL, "--key-file", "-").code == 0
    missing = cli("feed", "add", "other", "--agent", agent, "--url", URL)
    assert "API key is wanted" in missing.mistake()


@pytest.mark.parametrize(
    ("arguments", "mistake"),
    [
        (("add", "CRM!", "--agent", 1, "--url", URL), "name: must be 1 to 40 of a-z, 0-9, - and _"),
        (("add", "crm", "--agent", 1, "--url", "http://169.254.169.254/"), "url: must not be a link-local"),
        (("add", "crm", "--agent", 77, "--url", URL), "agent: there is no agent 77"),
        (("pause", "none", "--agent", 1), "name: agent 1 has no feed 'none'"),
        (("replay", "none", "--agent", 1), "after: give one of"),
        (("replay", "none", "--agent", 1, "--since", "soon"), "since: must look like"),
        (("replay", "none", "--agent", 1, "--since", "9999-12-31T23:59:59-14:00"), "since: must look like"),
        (("replay", "none", "--agent", 1, "--since", "0001-01-01T00:00:00+14:00"), "since: must look like"),
        (("replay", "none", "--agent", 1, "--after", "9" * 30), "Invalid value for '--after'"),
        (("replay", "none", "--agent", 1, "--after", 3), "name: agent 1 has no feed 'none'"),
        (("dead", "none", "--agent", 1), "name: agent 1 has no feed 'none'"),
    ],
)
def test_mistakes_are_told_in_one_line(
    cli: Cli, agent: int, key_file: Path, arguments: tuple[object, ...], mistake: str
) -> None:
    more = ("--key-file", key_file) if arguments[0] == "add" else ()
    assert cli("feed", *arguments, *more).mistake().startswith(mistake)


def test_a_name_is_given_once_and_a_key_is_one_word(cli: Cli, agent: int, key_file: Path) -> None:
    add = ("feed", "add", "crm", "--agent", agent, "--url", URL, "--key-file", key_file)
    assert cli(*add).code == 0
    assert "has a feed 'crm' already" in cli(*add).mistake()
    key_file.write_text("two\nlines")
    assert cli(*add).mistake().startswith("key: must be")
