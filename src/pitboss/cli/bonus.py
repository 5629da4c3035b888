"""`pitboss bonus`: templates of bonuses, and what players have of them."""

from typing import Annotated

import typer

from pitboss.cli import bonus_players
from pitboss.cli.administration import AgentId, AsJson, Desk, at_desk, show_object, show_rows
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.bonus.template import BonusType, Template, read_multiplier
from pitboss.domain.invalid import Invalid
from pitboss.storage.bonuses import templates as bonus_templates

app = typer.Typer(no_args_is_help=True)
templates = typer.Typer(no_args_is_help=True)
app.add_typer(templates, name="template", help="Create, list, show and change an agent's bonus templates.")

Code = Annotated[str, typer.Argument(metavar="CODE", help="The template's code.")]
Username = Annotated[str, typer.Argument(metavar="USERNAME", help="The player's name with its agent.")]
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--values", help="The values a stake may have in a currency, as EUR=0.2,1; repeat. All when left out."
    ),
]
Games = Annotated[
    list[str] | None, typer.Option("--game", help="A game it is for, by its code; repeat. All when left out.")
]
Multiplier = Annotated[
    str | None, typer.Option(help="What must be staked, times the winnings, before they are real money; 0: at once.")
]
Settable = Annotated[
    bool | None, typer.Option("--settable/--not-settable", help="Whether the caller may set the multiplier.")
]
MaxConversion = Annotated[
    list[str] | None, typer.Option("--max-conversion", help="The most that becomes real money, as EUR=100; repeat.")
]
DaysValid = Annotated[int | None, typer.Option(help="Days until all of it is over, wagering too.")]
DaysToUse = Annotated[int | None, typer.Option(help="Days in which the free stakes may be played.")]
Name = Annotated[str | None, typer.Option(help="A name for people.")]


@templates.command("create")
def create(
    code: Code,
    agent: AgentId,
    type_: Annotated[BonusType, typer.Option("--type", help="What is given away.")],
    name: Name = None,
    values: Values = None,
    game: Games = None,
    multiplier: Multiplier = None,
    settable: Settable = None,
    max_conversion: MaxConversion = None,
    days_valid: DaysValid = None,
    days_to_use: DaysToUse = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a template; what is left out is as in FS.

    Example: pitboss bonus template create WEEKEND --agent 9 --type free_spins --multiplier 20 --max-conversion EUR=100
    """

    async def work(desk: Desk) -> Template:
        members = _members(
            name or code, values, game, multiplier, settable, max_conversion, days_valid, days_to_use, None
        )
        new = Template(code=code, type=type_, **members)  # type: ignore[arg-type]
        return await bonus_templates.create_template(desk.conn, agent, new, actor=desk.actor, now=desk.now)

    show_object(at_desk(work, database_url).as_json(), as_json)


@templates.command("list")
def list_(agent: AgentId, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """List an agent's templates.

    Example: pitboss bonus template list --agent 9
    """

    async def work(desk: Desk) -> list[Template]:
        return await bonus_templates.list_templates(desk.conn, agent)

    show_rows([template.as_json() for template in at_desk(work, database_url)], as_json)


@templates.command("show")
def show(code: Code, agent: AgentId, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Show a template.

    Example: pitboss bonus template show FS10 --agent 9
    """

    async def work(desk: Desk) -> Template:
        found = await bonus_templates.read_template(desk.conn, agent, code)
        if found is None:
            raise Invalid("code", f"agent {agent} has no template {code[:40]!r}")
        return found

    show_object(at_desk(work, database_url).as_json(), as_json)


@templates.command("set")
def set_(
    code: Code,
    agent: AgentId,
    name: Name = None,
    values: Values = None,
    game: Games = None,
    multiplier: Multiplier = None,
    settable: Settable = None,
    max_conversion: MaxConversion = None,
    days_valid: DaysValid = None,
    days_to_use: DaysToUse = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether it may be given.")] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Change a template; bonuses that were given keep their terms. An empty text (--game "") takes all values away.

    Example: pitboss bonus template set FS10 --agent 9 --max-conversion EUR=100 --max-conversion THB=4000
    """

    async def work(desk: Desk) -> Template:
        changes = _members(name, values, game, multiplier, settable, max_conversion, days_valid, days_to_use, active)
        return await bonus_templates.change_template(desk.conn, agent, code, changes, actor=desk.actor, now=desk.now)

    show_object(at_desk(work, database_url).as_json(), as_json)


@app.command("list")
def list_bonuses(
    username: Username,
    agent: AgentId,
    also_over: Annotated[bool, typer.Option("--all", help="Also those of the last year that are over.")] = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """List a player's bonuses.

    Example: pitboss bonus list --agent 9 daniel
    """

    async def work(desk: Desk) -> list[dict[str, object]]:
        return await bonus_players.bonuses_of(desk, agent, username, also_over=also_over)

    show_rows(at_desk(work, database_url), as_json)


@app.command("remove")
def remove(
    username: Username,
    agent: AgentId,
    code: Annotated[str, typer.Option(help="The bonus's code, as the list shows it.")],
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Take a bonus away from a player: its money and its free stakes; a round in flight still settles.

    Example: pitboss bonus remove --agent 9 daniel --code 24bb1c5d-e7f3-44d5-8032-4f41598007d9
    """

    async def work(desk: Desk) -> dict[str, object]:
        return await bonus_players.remove(desk, agent, username, code)

    show_object(at_desk(work, database_url), as_json)


def _members(
    name: str | None, values: list[str] | None, games: list[str] | None, multiplier: str | None, settable: bool | None,
    max_conversion: list[str] | None, days_valid: int | None, days_to_use: int | None, active: bool | None,
) -> dict[str, object]:  # fmt: skip
    by_currency = None if values is None else {code: text.split(",") for code, text in _pairs("values", values)}
    wanted = {
        "name": name,
        "currency_values": None if by_currency is None else {code: tuple(texts) for code, texts in by_currency.items()},
        "games": None if games is None else tuple(game for game in games if game),
        "multiplier": None if multiplier is None else read_multiplier("multiplier", multiplier),
        "multiplier_settable": settable,
        "max_conversion": None if max_conversion is None else dict(_pairs("max_conversion", max_conversion)),
        "days_valid": days_valid,
        "days_to_use": days_to_use,
        "active": active,
    }
    return {member: value for member, value in wanted.items() if value is not None}


def _pairs(field: str, texts: list[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        if not text:
            continue
        code, equals, value = text.partition("=")
        if not equals or not value:
            raise Invalid(field, f"{text[:40]!r} must look like EUR=1")
        pairs.append((code, value))
    return pairs
