"""freeSpinBetValues: the stakes free spins may have in all of some games."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from pitboss.domain.catalogue import Game, Provider
from pitboss.domain.money import Currency, format_minor, parse_minor
from pitboss.edges.partner_api.call import Call, ReadCall
from pitboss.edges.partner_api.fields import Fields
from pitboss.providers import Done, listed_bet_values

MOST_GAMES = 200


async def free_spin_bet_values(call: ReadCall) -> object:
    """Common to all the games, ascending; in the agent's base currency where none is named."""
    games = [call.game(code) for code in call.fields.comma_list("gameCodes", MOST_GAMES)]
    currency = call.fields.currency("currency", call.agent.currencies) or call.agent.base_currency
    return {
        "betValues": [format_minor(value, currency.scale) for value in await common_bet_values(call, games, currency)]
    }


async def common_bet_values(call: Call[Fields], games: Sequence[Game], currency: Currency) -> list[int]:
    """Minor units, ascending: what each studio says of its games, or, where it cannot be asked, what their list said."""
    if not all(game.has_free_round for game in games):
        return []
    by_provider: dict[int, list[Game]] = defaultdict(list)
    for game in games:
        by_provider[game.provider_id].append(game)
    values = await asyncio.gather(
        *(
            _of_studio(call, call.catalogue.providers[provider_id], its, currency)
            for provider_id, its in by_provider.items()
        )
    )
    return sorted(set[int].intersection(*values))


async def _of_studio(call: Call[Fields], provider: Provider, games: Sequence[Game], currency: Currency) -> set[int]:
    told = await call.connectors.of(provider).bet_values(provider, games, currency)
    if isinstance(told, Done):
        return set(told.answer)
    return {parse_minor(value, currency.scale) for value in listed_bet_values(games, currency)}
