"""`pitboss provider`: attach game studios and take over their games."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pitboss.cli.administration import (
    HIGHEST_ID,
    AsJson,
    Desk,
    Secret,
    SecretFile,
    at_desk,
    read_secret,
    show_object,
    show_rows,
)
from pitboss.cli.connect import DatabaseUrl, fail
from pitboss.domain.catalogue import Catalogue, Game, Provider
from pitboss.domain.catalogue.game_list import GameListInvalid, decode_game_list
from pitboss.domain.catalogue.new_provider import NewProvider, ProviderChanges, read_unit
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import format_decimal
from pitboss.providers import Connectors, Failed, NotOffered
from pitboss.storage.catalogue.games import Imported, import_games
from pitboss.storage.catalogue.providers import CreatedProvider, change_provider, create_provider
from pitboss.storage.catalogue.snapshot import load_catalogue
from pitboss.storage.process import recorded_public_url

app = typer.Typer(no_args_is_help=True)
games_app = typer.Typer(no_args_is_help=True)
app.add_typer(games_app, name="games", help="Take over a studio's games, and list them.")

ProviderCode = Annotated[str, typer.Option("--provider", help="The provider's id.")]
_MOST_PROBLEMS = 20
_LARGEST_FILE = 64 * 1024 * 1024


@app.command("create")
def create(
    code: Annotated[str, typer.Option("--id", help="1 to 20 of a-z, 0-9 and _; games are named by it (acme_00001).")],
    name: Annotated[str | None, typer.Option(help="A name for people; the id when left out.")] = None,
    secret: Secret = None,
    secret_file: SecretFile = None,
    operator_id: Annotated[str | None, typer.Option(help="What it knows the hub by; made up when left out.")] = None,
    launch_url: Annotated[str | None, typer.Option(help="Where players are sent to.")] = None,
    callback_url: Annotated[str | None, typer.Option(help="Where it answers the hub's commands.")] = None,
    logo_url: Annotated[str | None, typer.Option(help="Its logo.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="What it counts a currency in, such as KIDR=IDR:1000.")] = None,
    agents: Annotated[list[str] | None, typer.Option(help="Ids of the agents it serves; all when left out.")] = None,
    allow_ip: Annotated[list[str] | None, typer.Option(help="An address or network its calls may come from.")] = None,
    restricted_country: Annotated[list[str] | None, typer.Option(help="Where its games are restricted.")] = None,
    prohibited_country: Annotated[list[str] | None, typer.Option(help="Where its games may not be played.")] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Attach a game studio. Its secret is shown this once.

    Example: pitboss provider create --id acme --launch-url https://acme.example/launch --unit KIDR=IDR:1000
    """

    async def work(desk: Desk) -> CreatedProvider:
        new = NewProvider(
            code=code, name=name, operator_id=operator_id, secret=read_secret(secret, secret_file), launch_url=launch_url,
            callback_url=callback_url, logo_url=logo_url, allowed_ips=tuple(allow_ip or ()),
            restricted_countries=tuple(restricted_country or ()), prohibited_countries=tuple(prohibited_country or ()),
            units=tuple(read_unit(text) for text in unit or ()), agents=_agent_ids(agents),
        )  # fmt: skip
        public_url = await recorded_public_url(desk.conn) or desk.settings.public_url
        return await create_provider(
            desk.conn,
            await desk.box(),
            new,
            desk.reach,
            actor=desk.actor,
            now=desk.now,
            wallet_url=f"{public_url}/wallet",
        )

    created = at_desk(work, database_url)
    show_object(created.as_json(), as_json)
    if not as_json:
        typer.echo("The secret is not shown again.", err=True)


def _agent_ids(texts: list[str] | None) -> tuple[int, ...] | None:
    if texts is None:
        return None
    parts = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    for part in parts:
        if not (part.isascii() and part.isdigit() and 0 < int(part[:12]) <= HIGHEST_ID):
            raise Invalid("agents", f"{part[:20]!r} is not an agent's id")
    return tuple(int(part) for part in parts)


@app.command("list")
def list_(as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """List all providers.

    Example: pitboss provider list
    """
    catalogue = at_desk(_catalogue, database_url)
    columns = ("id", "name", "active", "operator_id", "games", "launch_url", "callback_url", "units")
    rows = [_told(catalogue, provider) for provider in catalogue.providers.values()]
    show_rows(rows if as_json else [{name: row[name] for name in columns} for row in rows], as_json)


@app.command("show")
def show(provider: ProviderCode, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Show a provider, without its secret.

    Example: pitboss provider show --provider acme
    """

    async def work(desk: Desk) -> dict[str, object]:
        catalogue = await _catalogue(desk)
        return _told(catalogue, _find(catalogue, provider))

    show_object(at_desk(work, database_url), as_json)


@app.command("set")
def set_(
    provider: ProviderCode,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether its games may be played.")] = None,
    secret: Secret = None,
    secret_file: SecretFile = None,
    launch_url: Annotated[
        str | None, typer.Option(help="Where players are sent to; an empty one takes it away.")
    ] = None,
    callback_url: Annotated[
        str | None, typer.Option(help="Where it answers the hub; an empty one takes it away.")
    ] = None,
    logo_url: Annotated[str | None, typer.Option(help="Its logo.")] = None,
    allow_ip: Annotated[list[str] | None, typer.Option(help="Replaces the addresses its calls may come from.")] = None,
    allow_any_ip: Annotated[bool, typer.Option("--allow-any-ip", help="Its calls may come from anywhere.")] = False,
    restricted_country: Annotated[list[str] | None, typer.Option(help="Replaces where it is restricted.")] = None,
    prohibited_country: Annotated[list[str] | None, typer.Option(help="Replaces where it may not be played.")] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Change a provider: what is named changes, all else stays. Agents' terms with it: `pitboss agent set --provider`.

    Example: pitboss provider set --provider acme --callback-url https://acme.example/hub
    """

    async def work(desk: Desk) -> dict[str, object]:
        if allow_any_ip and allow_ip:
            raise Invalid("allow_any_ip", "is given beside --allow-ip")
        changes = ProviderChanges(
            name=name, active=active, secret=read_secret(secret, secret_file), launch_url=launch_url,
            callback_url=callback_url, logo_url=logo_url,
            allowed_ips=tuple(allow_ip or ()) if allow_ip or allow_any_ip else None,
            restricted_countries=None if restricted_country is None else tuple(restricted_country),
            prohibited_countries=None if prohibited_country is None else tuple(prohibited_country),
        )  # fmt: skip
        box = await desk.box()
        await change_provider(desk.conn, box, provider, changes, desk.reach, actor=desk.actor, now=desk.now)
        catalogue = await load_catalogue(desk.conn, box)
        return _told(catalogue, _find(catalogue, provider))

    show_object(at_desk(work, database_url), as_json)


async def _catalogue(desk: Desk) -> Catalogue:
    return await load_catalogue(desk.conn, await desk.box())


def _find(catalogue: Catalogue, code: str) -> Provider:
    if code not in catalogue.providers_by_code:
        raise Invalid("provider", f"there is no provider {code[:40]!r}")
    return catalogue.providers_by_code[code]


def _told(catalogue: Catalogue, provider: Provider) -> dict[str, object]:
    return {
        "id": provider.code,
        "name": provider.name,
        "active": provider.active,
        "operator_id": provider.operator_id,
        "games": sum(game.provider_id == provider.id for game in catalogue.games.values()),
        "launch_url": provider.launch_url,
        "callback_url": provider.callback_url,
        "logo_url": provider.logo_url or None,
        "units": [f"{u.code}={u.currency.code}:{10**u.exponent}" for u in provider.units.values()],
        "agents": sorted(agent.id for agent in catalogue.agents.values() if provider.id in agent.providers),
        "allowed_ips": [str(network) for network in provider.allowed_ips],
        "restricted_countries": list(provider.restricted_countries),
        "prohibited_countries": list(provider.prohibited_countries),
        "bet_limits": {
            category: [limit_set.id for limit_set in sets] for category, sets in sorted(provider.bet_limit_sets.items())
        },
    }


@games_app.command("import")
def import_(
    provider: ProviderCode,
    file: Annotated[Path | None, typer.Argument(help="The studio's list, JSON; - reads standard input.")] = None,
    from_studio: Annotated[
        bool, typer.Option("--from-studio", help="Ask the studio itself, at its callback URL.")
    ] = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Take over a studio's list of games: all of it, or, when anything in it is wrong, nothing.

    A game is known by its gameId and keeps the hub's id and code. One the list does not name any more stays as it is.

    Example: pitboss provider games import --provider acme games.json
    """
    if (file is None) != from_studio:
        fail("give either a FILE or --from-studio")
    read = None if file is None else _read(file)
    source = "the studio" if file is None else str(file)

    async def work(desk: Desk) -> Imported:
        document = decode_game_list(await _ask(desk, provider) if read is None else read)
        return await import_games(desk.conn, provider, document, desk.reach, actor=desk.actor, now=desk.now)

    try:
        imported = at_desk(work, database_url)
    except GameListInvalid as error:
        for problem in error.problems[1:_MOST_PROBLEMS]:
            print(f"pitboss: {source}: {problem}", file=sys.stderr)
        more = len(error.problems) - _MOST_PROBLEMS
        fail(f"{source}: {error.problems[0]}" + (f" (and {more} problems more)" if more > 0 else ""))
    told: dict[str, object] = {"added": imported.added, "changed": imported.changed, "unchanged": imported.unchanged}
    show_object({"provider": provider} | told, as_json)


async def _ask(desk: Desk, provider: str) -> bytes:
    """The list as the studio itself tells it. Raises Invalid."""
    found = _find(await _catalogue(desk), provider)
    connectors = Connectors(desk.reach)
    try:
        outcome = await connectors.of(found).list_games(found)
    finally:
        await connectors.close()
    if isinstance(outcome, NotOffered):
        raise Invalid("from_studio", "the studio does not list its games (or has no callback URL)")
    if isinstance(outcome, Failed):
        raise Invalid("from_studio", f"the studio did not answer well: {outcome.reason}")
    return outcome.answer


def _read(file: Path) -> bytes:
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(_LARGEST_FILE)
        if file.stat().st_size > _LARGEST_FILE:
            fail(f"{file}: is larger than 64 MiB")
        return file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}")


@games_app.command("list")
def list_games(
    provider: Annotated[str | None, typer.Option("--provider", help="The provider; all when left out.")] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """List games.

    Example: pitboss provider games list --provider acme
    """

    async def work(desk: Desk) -> list[dict[str, object]]:
        catalogue = await _catalogue(desk)
        wanted = None if provider is None else _find(catalogue, provider).id
        return [_told_game(catalogue, game) for game in catalogue.games.values() if wanted in (None, game.provider_id)]

    show_rows(at_desk(work, database_url), as_json)


def _told_game(catalogue: Catalogue, game: Game) -> dict[str, object]:
    return {
        "code": game.code,
        "game_id": game.id,
        "provider": catalogue.providers[game.provider_id].code,
        "provider_game_id": game.provider_game_id,
        "name": game.name,
        "category": game.category,
        "active": game.active,
        "rtp": None if game.rtp is None else format_decimal(game.rtp),
        "free_rounds": game.has_free_round,
        "free_chips": game.has_free_chip,
        "fun_mode": game.fun_mode,
        "wagering_contribution": game.contribution,
    }
