"""`pitboss agent`: create, list, show, fund and change agents."""

import logging
from dataclasses import asdict
from typing import Annotated

import typer

from pitboss.cli.administration import (
    HIGHEST_ID,
    AgentId,
    AsJson,
    Desk,
    Secret,
    SecretFile,
    at_desk,
    read_secret,
    show_object,
    show_rows,
)
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.agents.entry import AgentChanges, NewAgent, Terms, TermsChanges, WalletTermsChanges, read_utc_offset
from pitboss.domain.catalogue import Agent, AgentType, Catalogue
from pitboss.domain.catalogue.entry import CurrencyWish, read_currency, read_fraction
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import format_decimal, format_minor
from pitboss.engine.agent_funding import fund_from_outside
from pitboss.engine.open import open_hub
from pitboss.log import configure_logging
from pitboss.storage.agents import CreatedAgent, change_agent, change_terms, create_agent
from pitboss.storage.catalogue.snapshot import load_catalogue
from pitboss.storage.reports.revenue import settle as settle_agent

app = typer.Typer(no_args_is_help=True)

Providers = Annotated[list[str] | None, typer.Option(help="A provider it has; all active ones when left out.")]
TermsFor = Annotated[str | None, typer.Option(help="The provider the terms below are for; all when left out.")]
OneSession = Annotated[bool, typer.Option("--one-session", help="A launch ends the player's other sessions.")]
OneOrManySessions = Annotated[bool | None, typer.Option("--one-session/--many-sessions", help="At a time, per player.")]
MayBeNegative = Annotated[
    bool | None, typer.Option("--allow-negative/--never-negative", help="Whether cancels may overdraw a player.")
]
WalletConnectMs = Annotated[
    int | None,
    typer.Option("--wallet-connect-timeout-ms", help="How long a connection to its wallet may take; 2000 at first."),
]
WalletMs = Annotated[
    int | None,
    typer.Option("--wallet-timeout-ms", help="How long a call of its wallet may take in all; 10000 at first."),
]
WalletConcurrency = Annotated[
    int | None,
    typer.Option("--wallet-concurrency", help="Calls of its wallet at once, from each process; 64 at first."),
]
WalletEcho = Annotated[
    bool | None,
    typer.Option("--wallet-echo/--no-wallet-echo", help="Whether the log tells that it does not echo; yes at first."),
]
WalletRetryDays = Annotated[
    int | None, typer.Option("--wallet-retry-days", help="How long a win is brought to its wallet again; 7 at first.")
]

_CURRENCY_HELP = "A currency, or FUN:2 for a custom one with 2 decimals; may be repeated."


@app.command("create")
def create(
    name: Annotated[str, typer.Option(help="A name for people; no other agent may have it.")],
    currency: Annotated[list[str], typer.Option(help=_CURRENCY_HELP + " The first is the base currency.")],
    agent_type: Annotated[AgentType, typer.Option("--type", help="Where the players' money is.")] = AgentType.TRANSFER,
    base_currency: Annotated[str | None, typer.Option(help="The base currency, where it is not the first.")] = None,
    wallet_url: Annotated[str | None, typer.Option(help="The wallet of a seamless agent.")] = None,
    secret: Secret = None,
    secret_file: SecretFile = None,
    prefix: Annotated[str | None, typer.Option(help="5 of a-z and 0-9; made up when left out.")] = None,
    operator_id: Annotated[str | None, typer.Option(help="Its wallet protocol id; made up when left out.")] = None,
    parent: Annotated[int | None, typer.Option(min=1, max=HIGHEST_ID, help="The agent it is under.")] = None,
    provider: Providers = None,
    allow_ip: Annotated[list[str] | None, typer.Option(help="An address or network its calls may come from.")] = None,
    default_country: Annotated[str | None, typer.Option(help="Of players whose country is not known.")] = None,
    utc_offset: Annotated[str, typer.Option(help="In which its answers tell times.")] = "+00:00",
    one_session: OneSession = False,
    allow_negative: Annotated[bool, typer.Option("--allow-negative", help="Cancels may overdraw a player.")] = False,
    credit_limit: Annotated[str | None, typer.Option(help="Its credit with the hub, in the base currency.")] = None,
    share: Annotated[str, typer.Option(help="Of the GGR, what it keeps: 0 to 1.")] = "0",
    commission: Annotated[str, typer.Option(help="Of the turnover: 0 to 1.")] = "0",
    contribution: Annotated[str, typer.Option(help="Of the turnover: 0 to 1.")] = "0",
    wallet_connect_timeout_ms: WalletConnectMs = None,
    wallet_timeout_ms: WalletMs = None,
    wallet_concurrency: WalletConcurrency = None,
    wallet_echo: WalletEcho = None,
    wallet_retry_days: WalletRetryDays = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Create an agent with its wallets, providers and API keys. Its secrets are shown this once.

    Example: pitboss agent create --name "Sea Casino" --type seamless --wallet-url https://sea.example/wallet --currency EUR
    """

    async def work(desk: Desk) -> CreatedAgent:
        new = NewAgent(
            name=name, type=agent_type, currencies=_currencies(currency, base_currency), prefix=prefix, parent_id=parent,
            operator_id=operator_id, secret=read_secret(secret, secret_file), wallet_url=wallet_url,
            default_country=default_country, utc_offset_min=read_utc_offset(utc_offset), one_session=one_session,
            allow_negative=allow_negative, credit_limit=credit_limit, allowed_ips=tuple(allow_ip or ()),
            providers=None if provider is None else tuple(provider),
            terms=Terms(
                read_fraction("share", share), read_fraction("commission", commission),
                read_fraction("contribution", contribution),
            ),
            wallet_terms=WalletTermsChanges(
                connect_timeout_ms=wallet_connect_timeout_ms, timeout_ms=wallet_timeout_ms, concurrency=wallet_concurrency,
                echo=wallet_echo, retry_days=wallet_retry_days,
            ),
        )  # fmt: skip
        number = (await desk.arrivals()).number
        return await create_agent(
            desk.conn, await desk.box(), new, desk.reach, actor=desk.actor, now=desk.now, number=number
        )

    created = at_desk(work, database_url)
    show_object(created.as_json(), as_json)
    if not as_json:
        typer.echo("The secret and the keys are not shown again.", err=True)


def _currencies(texts: list[str], base: str | None) -> tuple[CurrencyWish, ...]:
    wishes = [read_currency("currency", part) for text in texts for part in text.split(",")]
    if base is not None:
        first = next((wish for wish in wishes if wish.code == base.partition(":")[0]), None)
        if first is None:
            raise Invalid("base_currency", "must be one of the agent's currencies")
        wishes.remove(first)
        wishes.insert(0, first)
    return tuple(wishes)


@app.command("list")
def list_(as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """List all agents.

    Example: pitboss agent list
    """
    catalogue = at_desk(_catalogue, database_url)
    columns = (
        "agent_id",
        "name",
        "prefix",
        "type",
        "active",
        "base_currency",
        "currencies",
        "operator_id",
        "wallet_url",
    )
    rows = [_told(catalogue, agent) for agent in catalogue.agents.values()]
    show_rows(rows if as_json else [{name: row[name] for name in columns} for row in rows], as_json)


@app.command("show")
def show(agent: AgentId, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Show an agent and its terms, without its secrets.

    Example: pitboss agent show --agent 9
    """

    async def work(desk: Desk) -> dict[str, object]:
        catalogue = await _catalogue(desk)
        if agent not in catalogue.agents:
            raise Invalid("agent", f"there is no agent {agent}")
        return _told(catalogue, catalogue.agents[agent])

    show_object(at_desk(work, database_url), as_json)


async def _catalogue(desk: Desk) -> Catalogue:
    return await load_catalogue(desk.conn, await desk.box())


def _told(catalogue: Catalogue, agent: Agent) -> dict[str, object]:
    limit = agent.credit_limit
    sign = "-" if agent.utc_offset_min < 0 else "+"
    hours, minutes = divmod(abs(agent.utc_offset_min), 60)
    return {
        "agent_id": agent.id,
        "name": agent.name,
        "prefix": agent.prefix,
        "type": agent.type.value,
        "active": agent.active,
        "parent_id": agent.parent_id,
        "base_currency": agent.base_currency.code,
        "currencies": sorted(agent.currencies),
        "operator_id": agent.operator_id,
        "wallet_url": agent.wallet_url,
        **_wallet_terms(agent),
        "default_country": agent.default_country or None,
        "utc_offset": f"{sign}{hours:02d}:{minutes:02d}",
        "one_session": agent.one_session,
        "allow_negative": agent.allow_negative,
        "credit_limit": None if limit is None else format_minor(limit, agent.base_currency.scale),
        "allowed_ips": [str(network) for network in agent.allowed_ips],
        "games_off": sorted(catalogue.games[game_id].code for game_id in agent.games_off),
        "providers": {
            catalogue.providers[provider_id].code: {
                "active": terms.active,
                "share": format_decimal(terms.share),
                "commission": format_decimal(terms.commission_rate),
                "contribution": format_decimal(terms.contribution_rate),
            }
            for provider_id, terms in sorted(agent.providers.items())
        },
    }


def _wallet_terms(agent: Agent) -> dict[str, object]:
    if agent.type is not AgentType.SEAMLESS:
        return {}
    return {f"wallet_{name}": value for name, value in asdict(agent.wallet_terms).items()}


@app.command("fund")
def fund(
    agent: AgentId,
    currency: Annotated[str, typer.Option(help="One of the agent's currencies.")],
    amount: Annotated[str, typer.Option(help="A plain decimal; a negative one takes money out.")],
    request_id: Annotated[
        str | None, typer.Option(help="Makes a repeat safe: the same id moves money once only.")
    ] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Move money from outside into a transfer agent's wallet, through the ledger.

    Example: pitboss agent fund --agent 9 --currency EUR --amount 1000000
    """

    async def work(desk: Desk) -> dict[str, object]:
        # The hub below reads the master key, which may still have to be made.
        await desk.box()
        # What a hub at work tells its log is no answer; only trouble is worth a line here, and on stderr.
        configure_logging(logging.WARNING)
        async with open_hub(desk.settings) as hub:
            done = await fund_from_outside(
                hub, desk.conn, agent, currency, amount, request_id, actor=desk.actor, now=desk.now
            )
        return {
            "agent_id": agent,
            "currency": currency,
            "amount": format_minor(done.amount, done.currency.scale),
            "balance": format_minor(done.balance, done.currency.scale),
            "transaction_id": done.transaction_id,
        }

    show_object(at_desk(work, database_url), as_json)


@app.command("settle")
def settle(agent: AgentId, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Mark that all play until now is settled with an agent: its credit with the hub is whole again.

    Example: pitboss agent settle --agent 9
    """

    async def work(desk: Desk) -> dict[str, object]:
        catalogue = await _catalogue(desk)
        known = catalogue.agents.get(agent)
        if known is None:
            raise Invalid("agent", f"there is no agent {agent}")
        done = await settle_agent(desk.conn, catalogue, known, actor=desk.actor, now=desk.now)
        return {
            "agent_id": agent,
            "settled_at": done.at.isoformat(),
            "settled_before": None if done.since is None else done.since.isoformat(),
            "ggr": format_decimal(done.ggr),
            "currency": known.base_currency.code,
        }

    show_object(at_desk(work, database_url), as_json)


@app.command("set")
def set_(
    agent: AgentId,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether it is served.")] = None,
    wallet_url: Annotated[str | None, typer.Option(help="The wallet of a seamless agent.")] = None,
    secret: Secret = None,
    secret_file: SecretFile = None,
    allow_ip: Annotated[list[str] | None, typer.Option(help="Replaces the addresses its calls may come from.")] = None,
    allow_any_ip: Annotated[bool, typer.Option("--allow-any-ip", help="Its calls may come from anywhere.")] = False,
    default_country: Annotated[str | None, typer.Option(help="Of players whose country is not known.")] = None,
    utc_offset: Annotated[str | None, typer.Option(help="In which its answers tell times, such as +07:00.")] = None,
    one_session: OneOrManySessions = None,
    allow_negative: MayBeNegative = None,
    credit_limit: Annotated[str | None, typer.Option(help="In the base currency; none takes it away.")] = None,
    wallet_connect_timeout_ms: WalletConnectMs = None,
    wallet_timeout_ms: WalletMs = None,
    wallet_concurrency: WalletConcurrency = None,
    wallet_echo: WalletEcho = None,
    wallet_retry_days: WalletRetryDays = None,
    add_currency: Annotated[list[str] | None, typer.Option(help=_CURRENCY_HELP)] = None,
    provider: TermsFor = None,
    enable: Annotated[bool | None, typer.Option("--enable/--disable", help="Whether it has that provider.")] = None,
    share: Annotated[str | None, typer.Option(help="Of the GGR, what it keeps: 0 to 1.")] = None,
    commission: Annotated[str | None, typer.Option(help="Of the turnover: 0 to 1.")] = None,
    contribution: Annotated[str | None, typer.Option(help="Of the turnover: 0 to 1.")] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Change an agent: what is named changes, all else stays.

    Example: pitboss agent set --agent 9 --add-currency THB --provider acme --share 0.15
    """

    async def work(desk: Desk) -> dict[str, object]:
        if allow_any_ip and allow_ip:
            raise Invalid("allow_any_ip", "is given beside --allow-ip")
        if enable is not None and provider is None:
            raise Invalid("provider", "is required with --enable and --disable")
        changes = AgentChanges(
            name=name, active=active, secret=read_secret(secret, secret_file), wallet_url=wallet_url,
            default_country=default_country, utc_offset_min=None if utc_offset is None else read_utc_offset(utc_offset),
            one_session=one_session, allow_negative=allow_negative,
            credit_limit=None if credit_limit == "none" else credit_limit, no_credit_limit=credit_limit == "none",
            allowed_ips=tuple(allow_ip or ()) if allow_ip or allow_any_ip else None,
            add_currencies=tuple(read_currency("add_currency", text) for text in add_currency or ()),
            wallet_terms=WalletTermsChanges(
                connect_timeout_ms=wallet_connect_timeout_ms, timeout_ms=wallet_timeout_ms, concurrency=wallet_concurrency,
                echo=wallet_echo, retry_days=wallet_retry_days,
            ),
        )  # fmt: skip
        terms = TermsChanges(
            active=enable,
            share=None if share is None else read_fraction("share", share),
            commission_rate=None if commission is None else read_fraction("commission", commission),
            contribution_rate=None if contribution is None else read_fraction("contribution", contribution),
        )
        return await _change(desk, agent, changes, provider, terms)

    show_object(at_desk(work, database_url), as_json)


async def _change(
    desk: Desk, agent_id: int, changes: AgentChanges, provider: str | None, terms: TermsChanges
) -> dict[str, object]:
    box, number = await desk.box(), (await desk.arrivals()).number
    new_terms = terms != TermsChanges() or provider is not None
    # Both or neither: what is wrong in one must not leave the other behind.
    async with desk.conn.transaction():
        if changes != AgentChanges() or not new_terms:
            await change_agent(
                desk.conn, box, agent_id, changes, desk.reach, actor=desk.actor, now=desk.now, number=number
            )
        if new_terms:
            await change_terms(desk.conn, agent_id, provider, terms, actor=desk.actor, now=desk.now)
    catalogue = await load_catalogue(desk.conn, box)
    return _told(catalogue, catalogue.agents[agent_id])
