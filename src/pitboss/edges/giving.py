"""Giving players free stakes, whichever API asks: what may stand in the way, the record, and the word to the studio.

In three steps, since no studio is called inside of a transaction: `prepare` judges and asks which stakes the studio supports,
`record` writes the gift within the caller's transaction, `tell` asks the studio to offer it. A gift that was recorded and not told
is told by the worker.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from pitboss.domain.bonus.gift import Gift, fill_in
from pitboss.domain.bonus.template import BonusType, Template
from pitboss.domain.catalogue import Agent, AgentType, Catalogue, Game, Provider
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import AmountError, Currency, format_minor, parse_minor
from pitboss.domain.play.decision import Outcome
from pitboss.domain.players import Player
from pitboss.engine.bonuses import Open, take_from_all, take_from_player
from pitboss.engine.hub import Hub
from pitboss.providers import Connectors, Done, Failed, NotOffered, listed_bet_values
from pitboss.providers.grants import tell_now
from pitboss.storage.bonuses import given as bonus
from pitboss.storage.bonuses.given import Given, Receiver
from pitboss.storage.database import Connection
from pitboss.storage.players.wallets import open_wallet


class Hindrance(Enum):
    """Why a gift cannot be given."""

    TEMPLATE_UNKNOWN = "the agent has no such template for this"
    GAME_OFF = "the game is switched off"
    PROVIDER_NOT_CONFIGURED = "the game's provider is not configured for this agent"
    NOT_SUPPORTED = "the game cannot do this"
    VALUE = "the studio does not support this stake"
    SEVERAL_STUDIOS = "the games are of more than one studio"


class CannotGive(Exception):
    """Nothing was given. `detail` says more where there is more to say."""

    def __init__(self, hindrance: Hindrance, detail: str = "") -> None:
        super().__init__(hindrance.value)
        self.hindrance = hindrance
        self.detail = detail or hindrance.value


class Wish(NamedTuple):
    """What a caller asks for. `value`: minor units. `reference`: the caller's own code with its interface in front, given once;
    `said`: what a repetition must match. None where the template decides."""

    template: str
    type: BonusType
    games: tuple[Game, ...]
    currency: Currency
    value: int
    stakes: int
    reference: str
    said: str
    multiplier: Decimal | None = None
    valid_from: datetime | None = None
    use_by: datetime | None = None


async def prepare(
    connectors: Connectors, catalogue: Catalogue, agent: Agent, template: Template | None, wish: Wish, now: datetime
) -> Gift:
    """The gift, judged. Raises CannotGive, and Invalid (stakes, value, multiplier, games, to)."""
    if template is None or not template.active or template.type is not wish.type:
        raise CannotGive(Hindrance.TEMPLATE_UNKNOWN)
    provider = _studio(catalogue, agent, wish)
    wager_games = [catalogue.games_by_code[code] for code in template.games if code in catalogue.games_by_code]
    gift = fill_in(
        template, wish.games, wager_games, wish.currency, value=wish.value, stakes=wish.stakes, multiplier=wish.multiplier,
        valid_from=wish.valid_from, use_by=wish.use_by, reference=wish.reference, said=wish.said, now=now,
    )  # fmt: skip
    await _check_value(connectors, provider, wish)
    if agent.type is AgentType.SEAMLESS:
        # Winnings reach the operator's own wallet: what becomes of them there is the operator's to say.
        gift = gift._replace(multiplier=Decimal(0), max_conversion=None)
    return gift


def _studio(catalogue: Catalogue, agent: Agent, wish: Wish) -> Provider:
    if not wish.games:
        raise Invalid("games", "must name at least one game")
    if len({game.provider_id for game in wish.games}) > 1:
        raise CannotGive(Hindrance.SEVERAL_STUDIOS)
    provider = catalogue.providers[wish.games[0].provider_id]
    terms = agent.providers.get(provider.id)
    if terms is None or not terms.active:
        raise CannotGive(Hindrance.PROVIDER_NOT_CONFIGURED)
    for game in wish.games:
        if not catalogue.plays(agent, game):
            raise CannotGive(Hindrance.GAME_OFF)
        offers = game.has_free_round if wish.type is BonusType.FREE_SPINS else game.has_free_chip
        if not offers or provider.callback_url is None:
            raise CannotGive(Hindrance.NOT_SUPPORTED)
    return provider


async def _check_value(connectors: Connectors, provider: Provider, wish: Wish) -> None:
    told = await connectors.of(provider).bet_values(provider, wish.games, wish.currency)
    values = set(told.answer) if isinstance(told, Done) else _listed(wish)
    if values and wish.value not in values:
        shown = ", ".join(format_minor(value, wish.currency.scale) for value in sorted(values))
        raise CannotGive(Hindrance.VALUE, f"must be one of {shown}")


def _listed(wish: Wish) -> set[int]:
    found = set()
    for text in listed_bet_values(wish.games, wish.currency):
        try:
            found.add(parse_minor(text, wish.currency.scale))
        except AmountError:
            # A list may name what this currency cannot express; nobody can stake it.
            continue
    return found


async def record(
    connection: Connection, hub: Hub, agent_id: int, gift: Gift, players: Sequence[Player], now: datetime
) -> Given:
    """Write the gift down for these players, or find the one that was given under the same reference."""
    arrivals = hub.arrivals
    receivers = []
    for player in sorted(players, key=lambda player: player.player_id):
        wallet_id = await open_wallet(connection, agent_id, arrivals.number(), player.player_id, gift.currency)
        receivers.append(Receiver(player.player_id, wallet_id, arrivals.id()))
    campaign_id = arrivals.id()
    # The code's own look is the one operators know: a UUID. Its bits are the id's, mixed up with another one's.
    code = str(UUID(int=int(arrivals.id()[16:], 16) << 64 | int(campaign_id[16:], 16), version=4))
    return await bonus.give_grant(connection, agent_id, campaign_id, code, gift, receivers, now)


class Told(NamedTuple):
    """What the studio said of a gift: its own id of it, or that it will not; neither while it is not known."""

    studio_id: str | None
    refused: bool


async def tell(
    open_connection: Open,
    hub: Hub,
    connectors: Connectors,
    catalogue: Catalogue,
    agent_id: int,
    campaign_id: str,
) -> Told:
    """Tell the studio of a gift that is committed. One it will not take is taken from the players again."""
    answer = await tell_now(open_connection, connectors, catalogue, agent_id, campaign_id, hub.clock)
    if isinstance(answer, Done):
        return Told(answer.answer if isinstance(answer.answer, str) else None, False)
    if isinstance(answer, NotOffered) or (isinstance(answer, Failed) and answer.refusal is not None):
        await take_from_all(open_connection, hub.engine, hub.arrivals, agent_id, campaign_id)
        return Told(None, True)
    return Told(None, False)


async def call_off(
    open_connection: Open,
    hub: Hub,
    connectors: Connectors,
    catalogue: Catalogue,
    agent_id: int,
    campaign_id: str,
    clock: Callable[[], datetime],
) -> bool:
    """Call a campaign off for all its players and tell its studio; False when it was before."""
    async with open_connection() as connection:
        if not await bonus.cancel_campaign(connection, agent_id, campaign_id, clock()):
            return False
    await take_from_all(open_connection, hub.engine, hub.arrivals, agent_id, campaign_id)
    await tell_now(open_connection, connectors, catalogue, agent_id, campaign_id, clock)
    return True


async def remove_from_player(
    open_connection: Open,
    hub: Hub,
    connectors: Connectors,
    catalogue: Catalogue,
    agent_id: int,
    username: str,
    code: str,
) -> Outcome | None:
    """Remove one player's bonus, and call its campaign off at the studio when nobody else has any of it. None: it has none.

    Otherwise as `pitboss.engine.bonuses.remove_bonus`.
    """
    taken = await take_from_player(open_connection, hub.engine, hub.arrivals, agent_id, username, code, hub.clock())
    if taken is not None and taken.called_off is not None:
        await tell_now(open_connection, connectors, catalogue, agent_id, taken.called_off, hub.clock)
    return None if taken is None else taken.outcome
