"""`pitboss agent|provider|key|game|rate`: what they print, change and refuse (the contract's overview, "Commands")."""

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli

AGENT_MEMBERS = [
    "name", "agent_id", "prefix", "type", "base_currency", "currencies", "operator_id", "secret_key", "external_api_key",
    "partner_api_key", "events_api_key", "wallet_url",
]  # fmt: skip
SECRET_MEMBERS = ["secret_key", "external_api_key", "partner_api_key", "events_api_key"]


def sea(cli: Cli, *more: object) -> Any:
    return cli(
        "agent", "create", "--name", "Sea", "--type", "seamless", "--wallet-url", "http://127.0.0.1:9000/w",
        "--secret", "operator secret", "--currency", "EUR", "--currency", "IDR", *more, "--json",
    ).json()  # fmt: skip


def land(cli: Cli, *more: object) -> Any:
    return cli("agent", "create", "--name", "Land", "--currency", "EUR,JPY", *more, "--json").json()


def acme(cli: Cli, *more: object) -> Any:
    return cli("provider", "create", "--id", "acme", "--secret", "studio secret", *more, "--json").json()


def games_file(folder: Path, games: object) -> Path:
    path = folder / "games.json"
    path.write_text(json.dumps(games))
    return path


GAME = {"gameId": 12, "name": "Twelve", "category": "slot"}
_WRONG = GAME | {"gameId": 15, "wageringContribution": 101}


def test_create_agent_prints_the_contracts_object(cli: Cli) -> None:
    made = sea(cli)
    assert list(made) == AGENT_MEMBERS
    assert made["agent_id"] == 1
    assert (made["type"], made["base_currency"], made["currencies"]) == ("seamless", "EUR", ["EUR", "IDR"])
    assert (made["secret_key"], made["wallet_url"]) == ("operator secret", "http://127.0.0.1:9000/w")
    other = land(cli, "--base-currency", "JPY")
    assert (other["agent_id"], other["base_currency"], other["wallet_url"]) == (2, "JPY", None)


def test_create_provider_prints_the_contracts_object(cli: Cli) -> None:
    made = acme(cli, "--operator-id", "hubatacme", "--unit", "KIDR=IDR:1000")
    assert made == {
        "id": "acme", "operator_id": "hubatacme", "secret_key": "studio secret", "wallet_url": "http://127.0.0.1:8080/wallet",
    }  # fmt: skip


def test_a_providers_wallet_url_is_where_the_hub_says_it_is(cli: Cli, database_url: str) -> None:
    import asyncio

    from pitboss.storage.database import Database
    from pitboss.storage.process import record_public_url

    async def say() -> None:
        database = await Database.open(database_url, "pitboss_app", size=1)
        async with database.anyone() as conn:
            await record_public_url(conn, "http://127.0.0.1:18080")
        await database.close()

    asyncio.run(say())
    assert acme(cli)["wallet_url"] == "http://127.0.0.1:18080/wallet"


def test_secrets_are_shown_once(cli: Cli, tmp_path: Path) -> None:
    agent, provider = sea(cli), acme(cli)
    key = cli("key", "create", "--agent", 1, "--scope", "agent_api", "--json").json()
    cli("provider", "games", "import", games_file(tmp_path, [GAME]), "--provider", "acme")
    secrets = [agent[name] for name in SECRET_MEMBERS] + [provider["secret_key"], key["key"]]
    shown = ""
    for command in (
        ("agent", "list"), ("agent", "show", "--agent", 1), ("provider", "list"), ("provider", "show", "--provider", "acme"),
        ("provider", "games", "list"), ("key", "list"), ("rate", "list"),
        ("agent", "set", "--agent", 1, "--secret", "operator secret"), ("provider", "set", "--provider", "acme", "--name", "A"),
        ("agent", "create", "--name", "Sea", "--currency", "EUR", "--secret", "operator secret"),
    ):  # fmt: skip
        for how in ((), ("--json",)):
            done = cli(*command, *how)
            shown += done.out + done.err
    assert agent["operator_id"] in shown
    assert [secret for secret in secrets if secret in shown] == []


def test_a_secret_may_come_from_a_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    made = cli("provider", "create", "--id", "acme", "--secret-file", tmp_path / "secret", "--json").json()
    assert made["secret_key"] == "from a file"
    both = cli("provider", "set", "--provider", "acme", "--secret-file", tmp_path / "secret", "--secret", "x")
    assert both.mistake() == "secret-file: is given beside --secret"
    assert (
        cli("provider", "set", "--provider", "acme", "--secret-file", tmp_path / "none")
        .mistake()
        .startswith("secret-file")
    )


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--name", "Sea", "--currency", "EUR"), "name"),
        (("--name", "B", "--currency", "QQQ"), "currency"),
        (("--name", "B", "--currency", "eur"), "currency"),
        (("--name", "B", "--currency", "EUR", "--base-currency", "USD"), "base-currency"),
        (("--name", "B", "--currency", "EUR", "--type", "seamless"), "wallet-url"),
        (
            ("--name", "B", "--currency", "EUR", "--type", "seamless", "--wallet-url", "http://169.254.169.254/"),
            "wallet-url",
        ),
        (("--name", "B", "--currency", "EUR", "--type", "seamless", "--wallet-url", "http://10.0.0.1/"), "wallet-url"),
        (("--name", "B", "--currency", "EUR", "--type", "other"), "--type"),
        (("--name", "B", "--currency", "EUR", "--share", "1.5"), "share"),
        (("--name", "B", "--currency", "EUR", "--commission", "1e-2"), "commission"),
        (("--name", "B", "--currency", "EUR", "--utc-offset", "7"), "utc-offset"),
        (("--name", "B", "--currency", "EUR", "--allow-ip", "everywhere"), "allow-ip"),
        (("--name", "B", "--currency", "EUR", "--parent", "99"), "parent"),
        (("--name", "B", "--currency", "EUR", "--parent", "99999999999"), "--parent"),
        (("--name", "B", "--currency", "EUR", "--provider", "none"), "provider"),
        (("--name", "B", "--currency", "EUR", "--operator-id", "much-too-long-for-an-id"), "operator-id"),
        (("--name", "B", "--currency", "EUR", "--credit-limit", "12,5"), "credit-limit"),
        (("--name", "B"), "--currency"),
    ],
)
def test_a_mistake_in_agent_create_is_one_line_naming_the_option(
    cli: Cli, arguments: tuple[str, ...], named: str
) -> None:
    sea(cli)
    told = cli("agent", "create", *arguments, "--json").mistake()
    # What the options' own types refuse is told with the option's dashes.
    assert f"'{named}'" in told if named.startswith("--") else told.startswith(f"{named}: ")
    assert len(cli("agent", "list", "--json").json()) == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--id", "Acme"), "id"),
        (("--id", "b", "--unit", "KIDR=IDR:900"), "unit"),
        (("--id", "b", "--unit", "KIDR"), "unit"),
        (("--id", "b", "--launch-url", "gopher://x.example/"), "launch-url"),
        (("--id", "b", "--callback-url", "http://[fe80::1]/"), "callback-url"),
        (("--id", "b", "--agents", "one"), "agents"),
        (("--id", "b", "--agents", "7"), "agents"),
        (("--id", "b", "--prohibited-country", "Nowhere"), "prohibited-country"),
    ],
)
def test_a_mistake_in_provider_create_is_one_line_naming_the_option(
    cli: Cli, arguments: tuple[str, ...], named: str
) -> None:
    assert cli("provider", "create", *arguments).mistake().startswith(f"{named}: ")


def test_show_and_set(cli: Cli) -> None:
    acme(cli)
    land(cli)
    before = cli("agent", "show", "--agent", 1, "--json").json()
    after = cli(
        "agent", "set", "--agent", 1, "--add-currency", "THB", "--utc-offset", "+07:00", "--allow-ip", "203.0.113.0/24",
        "--provider", "acme", "--share", "0.15", "--credit-limit", "1000.50", "--inactive", "--json",
    ).json()  # fmt: skip
    assert after == before | {
        "currencies": ["EUR", "JPY", "THB"], "utc_offset": "+07:00", "allowed_ips": ["203.0.113.0/24"],
        "credit_limit": "1000.5", "active": False,
        "providers": {"acme": {"active": True, "share": "0.15", "commission": "0", "contribution": "0"}},
    }  # fmt: skip
    assert cli("agent", "show", "--agent", 1, "--json").json() == after
    # What is wrong in one part must not leave the other behind.
    assert (
        cli("agent", "set", "--agent", 1, "--active", "--provider", "none", "--share", "1")
        .mistake()
        .startswith("provider")
    )
    assert cli("agent", "show", "--agent", 1, "--json").json() == after
    assert cli("agent", "set", "--agent", 1, "--credit-limit", "none", "--json").json()["credit_limit"] is None
    assert cli("agent", "set", "--agent", 1).mistake() == "agent: nothing to change was named"
    assert cli("agent", "set", "--agent", 2, "--active").mistake() == "agent: there is no agent 2"
    assert cli("agent", "show", "--agent", 2).mistake() == "agent: there is no agent 2"
    changed = cli(
        "provider", "set", "--provider", "acme", "--callback-url", "http://127.0.0.1:7/", "--inactive", "--json"
    ).json()
    assert (changed["callback_url"], changed["active"], changed["agents"]) == ("http://127.0.0.1:7/", False, [1])
    assert cli("provider", "set", "--provider", "acme", "--callback-url", "", "--json").json()["callback_url"] is None


def test_tables_for_people(cli: Cli) -> None:
    land(cli)
    acme(cli)
    assert "Land" in cli("agent", "list").out
    assert "acme" in cli("provider", "list").out
    assert "transfer" in cli("agent", "show", "--agent", 1).out
    assert cli("rate", "list").out.strip() == "none"


def test_import_of_games(cli: Cli, tmp_path: Path) -> None:
    acme(cli, "--unit", "KIDR=IDR:1000")
    limits = {"standard": {"label": "Standard", "isDefault": True, "limits": {"EUR": {"min": "0.2", "max": "10000"}}}}
    games = [
        GAME | {
            "rtp": "96.21", "hasFreeRound": True, "hasFreeChip": False, "funMode": True, "betValues": {"EUR": ["0.2", "1"]},
            "betLimits": limits, "restrictedCountries": [], "prohibitedCountries": [], "logoUrl": None,
            "devices": ["desktop", "mobile"], "wageringContribution": 20,
        },
        GAME | {"gameId": 13},
    ]  # fmt: skip
    path = games_file(tmp_path, games)
    done = cli("provider", "games", "import", "--provider", "acme", path, "--json").json()
    assert done == {"provider": "acme", "added": 2, "changed": 0, "unchanged": 0}
    listed = cli("provider", "games", "list", "--provider", "acme", "--json").json()
    assert [(g["code"], g["game_id"], g["provider_game_id"], g["rtp"]) for g in listed] == [
        ("acme_00001", 1, 12, "96.21"), ("acme_00002", 2, 13, None),
    ]  # fmt: skip
    assert [g["wagering_contribution"] for g in listed] == [20, 100]
    again = cli("provider", "games", "import", "--provider", "acme", path, "--json").json()
    assert again == {"provider": "acme", "added": 0, "changed": 0, "unchanged": 2}


def test_a_bad_list_changes_nothing_and_tells_every_problem(cli: Cli, tmp_path: Path) -> None:
    acme(cli)
    path = games_file(tmp_path, [GAME, GAME | {"gameId": 13, "rtp": "high"}, {"gameId": 14, "name": "x"}, _WRONG])
    done = cli("provider", "games", "import", "--provider", "acme", path)
    assert (done.code, done.out) == (1, "")
    told = [line.removeprefix(f"pitboss: {path}: ").partition(" ")[0] for line in done.err.splitlines()]
    assert sorted(told) == ["[1].rtp", "[2].category", "[3].wageringContribution"]
    assert cli("provider", "games", "list", "--json").json() == []
    assert "none" in cli("provider", "games", "import", "--provider", "none", games_file(tmp_path, [GAME])).mistake()
    path.write_text("[")
    assert "not JSON" in cli("provider", "games", "import", "--provider", "acme", path).mistake()
    assert "No such file" in cli("provider", "games", "import", "--provider", "acme", tmp_path / "absent").mistake()


def test_keys(cli: Cli) -> None:
    land(cli)
    [old] = [k for k in cli("key", "list", "--agent", 1, "--json").json() if k["scope"] == "agent_api"]
    new = cli("key", "rotate", "--agent", 1, "--scope", "agent_api", "--json").json()
    assert new["key"].startswith(f"pb_{new['key_id']}_")
    listed = {k["key_id"]: k for k in cli("key", "list", "--agent", 1, "--json").json()}
    assert listed[old["key_id"]]["live"]
    assert listed[old["key_id"]]["expires_at"] is not None
    assert listed[new["key_id"]]["expires_at"] is None
    newest = cli("key", "rotate", "--agent", 1, "--scope", "agent_api", "--now", "--json").json()
    revoked = cli("key", "revoke", newest["key_id"], "--json").json()
    assert (revoked["live"], revoked["key_id"]) == (False, newest["key_id"])
    live = {k["scope"] for k in cli("key", "list", "--agent", 1, "--json").json() if k["live"]}
    assert live == {"partner_api", "events_api"}
    assert cli("key", "revoke", "nothing").mistake() == "key-id: there is no such key"
    given_away = cli("key", "revoke", newest["key"]).mistake()
    assert newest["key"] not in given_away
    assert cli("key", "create", "--agent", 9, "--scope", "agent_api").mistake() == "agent: there is no such agent"
    assert "--scope" in cli("key", "create", "--agent", 1, "--scope", "all").mistake()


def test_games_and_rates(cli: Cli, tmp_path: Path) -> None:
    acme(cli)
    land(cli)
    cli("provider", "games", "import", games_file(tmp_path, [GAME]), "--provider", "acme")
    assert cli("game", "disable", "--agent", 1, "acme_00001", "--json").json() == {
        "game": "acme_00001", "agent_id": 1, "enabled": False,
    }  # fmt: skip
    assert cli("agent", "show", "--agent", 1, "--json").json()["games_off"] == ["acme_00001"]
    assert cli("game", "disable", 1).code == 0
    assert [game["active"] for game in cli("provider", "games", "list", "--json").json()] == [False]
    assert cli("game", "enable", "acme_00009").mistake() == "game: there is no game 'acme_00009'"
    rate = ("rate", "set", "--from", "EUR", "--to", "THB")
    assert cli(*rate, "--rate", "37.850", "--at", "2026-01-01T07:00:00+07:00", "--json").json() == {
        "from": "EUR", "to": "THB", "rate": "37.85", "valid_from": "2026-01-01T00:00:00+00:00",
    }  # fmt: skip
    assert [r["rate"] for r in cli("rate", "list", "--json").json()] == ["37.85"]
    assert cli(*rate, "--rate", "0").mistake().startswith("rate: ")
    assert cli(*rate, "--rate", "1", "--at", "yesterday").mistake().startswith("at: ")
    assert cli(*rate, "--rate", "1", "--at", "2026-01-01").mistake().startswith("at: ")


def test_a_database_that_cannot_be_used(cli: Cli, empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "upgrade" in cli("agent", "list", "--database-url", empty_database_url).mistake()
    nobody = cli("agent", "list", "--database-url", "postgresql://pitboss:hush@127.0.0.1:1/none").mistake()
    assert "hush" not in nobody
    for wrong in ("mysql://root:hush@127.0.0.1/x", "postgresql://root:hush@127.0.0.1:port/x", "hush"):
        assert "hush" not in cli("agent", "list", "--database-url", wrong).mistake()
    monkeypatch.delenv("PITBOSS_DATABASE_URL")
    assert "PITBOSS_DATABASE_URL" in cli("agent", "list").mistake()


def test_a_wrong_master_key(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    land(cli)
    other = tmp_path / "other.key"
    other.write_text("cd" * 32)
    other.chmod(0o600)
    monkeypatch.setenv("PITBOSS_MASTER_KEY_FILE", str(other))
    for command in (("agent", "list"), ("agent", "create", "--name", "B", "--currency", "EUR")):
        assert "not the key this database was made with" in cli(*command).mistake()
    monkeypatch.delenv("PITBOSS_MASTER_KEY_FILE")
    assert len(cli("agent", "list", "--json").json()) == 1


@pytest.mark.parametrize(
    "command",
    [
        "agent create", "agent list", "agent show", "agent fund", "agent set", "key create", "key rotate", "key revoke",
        "key list", "provider create", "provider list", "provider show", "provider set", "provider games import",
        "provider games list", "player block", "player unblock", "player show", "session end", "game enable", "game disable",
        "rate set", "rate list",
    ],
)  # fmt: skip
def test_every_command_helps_with_an_example(cli: Cli, command: str) -> None:
    done = cli(*command.split(), "--help")
    assert (done.code, done.err) == (0, "")
    assert f"Example: pitboss {command}" in " ".join(done.out.split())
