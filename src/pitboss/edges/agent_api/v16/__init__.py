"""Version 1.6.7: which calls it has, and how it writes what differs from 1.3.0."""

from decimal import Decimal

from pitboss.domain.catalogue import Game, Provider
from pitboss.domain.money import Currency, Unit, convert, format_decimal
from pitboss.edges.agent_api.call import Call
from pitboss.edges.agent_api.calls import (
    bet_limits,
    daily_report,
    game_logs,
    history,
    launching,
    offer,
    players,
    transfers,
)
from pitboss.edges.agent_api.v16 import free_stakes
from pitboss.edges.agent_api.version import Version
from pitboss.storage.play.history import HistoryRow

SETTLE_DECIMALS = 10


async def get_player_status(call: Call) -> object:
    """agentSystemCurrency says in which currency bet limits are told."""
    currency = call.fields.currency("agentSystemCurrency", call.agent.currencies)
    player = await call.player()
    chosen = await bet_limits.chosen_limits(call, player)
    limits = {
        provider: {
            category: [bet_limits.told_set(known, currency) for known in sets] for category, sets in of_provider.items()
        }
        for provider, of_provider in chosen.items()
    }
    return players.status(call, player, limits or None)


async def games(call: Call) -> object:
    """With free rounds, RTP, the provider and its countries, and how many players are in the game."""
    provider_id = call.fields.optional_text("providerId")
    found = offer.offered_games(call, provider_id)
    active = await call.activity.by_game(call.agent.id, call.now, call.tenant)
    return {"items": [_game_item(call, game, active.get(game.id, 0)) for game in found]}


def _game_item(call: Call, game: Game, active_players: int) -> dict[str, object]:
    provider = call.catalogue.providers[game.provider_id]
    return {
        **offer.game_item(game),
        "hasFreeRound": game.has_free_round,
        "rtp": "0" if game.rtp is None else format_decimal(game.rtp),
        "provider": {
            "id": provider.code,
            "name": provider.name,
            "restrictedCountries": sorted({*provider.restricted_countries, *game.restricted_countries}),
            "prohibitedCountries": sorted({*provider.prohibited_countries, *game.prohibited_countries}),
        },
        "activePlayers": active_players,
    }


async def providers(call: Call) -> object:
    """Categories carry their bet limits in agentSystemCurrency, the base currency where it is not given."""
    asked = call.fields.optional_currency("agentSystemCurrency", call.agent.currencies)
    currency = asked or call.agent.base_currency
    return {
        "items": [
            {
                **offer.provider_item(call, provider),
                "categories": [
                    {**offer.category_item(category), "betLimits": _bet_limits(provider, category, currency)}
                    for category in offer.categories_of(call, provider)
                ],
            }
            for provider in offer.configured_providers(call)
        ]
    }


def _bet_limits(provider: Provider, category: str, currency: Currency) -> list[dict[str, object]]:
    return [
        {
            "id": known.id,
            "label": known.label,
            "isDefault": known.is_default,
            "info": bet_limits.told_range(known, currency),
        }
        for known in provider.bet_limit_sets.get(category, ())
    ]


async def launch_game(call: Call) -> object:
    """playerIp is required."""
    return await launching.launch_game(call, ip_required=True)


async def read_history(call: Call) -> object:
    """Amounts in the player's and the settlement's currency, and the provider's."""
    return await history.read_page(call, _amount)


def _amount(call: Call, row: HistoryRow, unit: Unit) -> object:
    minor = history.moved(row)
    base = call.agent.base_currency.code
    rate = row.settle_rate or call.catalogue.rate(row.currency, base, row.at)
    return {
        "playerCurrency": row.currency,
        "settleCurrency": base,
        "playerToSettleRate": None if rate is None else format_decimal(rate),
        "amount": {
            "settleAmount": None if rate is None else _settled(minor, unit.currency, rate),
            "playerAmount": history.in_currency(minor, unit.currency),
            "providerAmount": history.in_unit(minor, unit),
        },
    }


def _settled(minor: int, currency: Currency, rate: Decimal) -> str:
    return format_decimal(convert(minor, currency.scale, rate, SETTLE_DECIMALS))


async def read_game_logs(call: Call) -> object:
    """By gameId, username and roundId, in a time that is the last seven days unless from or to is given."""
    return await game_logs.by_round(call, _logged_money, days_back=True)


def _logged_money(call: Call, row: HistoryRow, unit: Unit) -> dict[str, object]:
    minor = history.moved(row)
    return {
        "providerAmount": history.in_unit(minor, unit),
        "providerCurrency": unit.code,
        "playerAmount": history.in_currency(minor, unit.currency),
        "playerCurrency": row.currency,
    }


async def player_daily_report(call: Call) -> object:
    """from and to are required."""
    return await daily_report.read_report(call, times_required=True)


VERSION = Version(
    path="/external/v1.6",
    name="v1.6",
    calls={
        "createPlayer": players.create_player,
        "getPlayerBalance": players.get_player_balance,
        "getPlayerStatus": get_player_status,
        "games": games,
        "launchGame": launch_game,
        "deposit": transfers.deposit,
        "withdraw": transfers.withdraw,
        "history": read_history,
        "providers": providers,
        "gameLogs": read_game_logs,
        "playerDailyReport": player_daily_report,
        "freeRound": free_stakes.free_round,
        "getFreeRound": free_stakes.get_free_round,
        "cancelFreeRound": free_stakes.cancel_free_round,
        "setPlayerBetLimits": bet_limits.set_player_bet_limits,
        "freeChip": free_stakes.free_chip,
        "getFreeChip": free_stakes.get_free_chip,
        "cancelFreeChip": free_stakes.cancel_free_chip,
    },
)
