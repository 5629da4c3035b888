"""Version 1.3.0: which calls it has, and how it writes what differs from 1.6.7."""

from pitboss.domain.money import Unit
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
from pitboss.edges.agent_api.v13 import free_rounds
from pitboss.edges.agent_api.version import Version
from pitboss.storage.play.history import HistoryRow


async def get_player_status(call: Call) -> object:
    """Bet limits by provider, in the agent's base currency."""
    player = await call.player()
    chosen = await bet_limits.chosen_limits(call, player)
    limits = {
        provider: [
            bet_limits.told_set(known, call.agent.base_currency)
            for of_category in sets.values()
            for known in of_category
        ]
        for provider, sets in chosen.items()
    }
    return players.status(call, player, limits or None)


async def games(call: Call) -> object:
    """id, name, logoUrl, category."""
    return {"items": [offer.game_item(game) for game in offer.offered_games(call)]}


async def providers(call: Call) -> object:
    """Without bet limits."""
    return {
        "items": [
            {
                **offer.provider_item(call, provider),
                "categories": [offer.category_item(category) for category in offer.categories_of(call, provider)],
            }
            for provider in offer.configured_providers(call)
        ]
    }


async def launch_game(call: Call) -> object:
    """playerIp may be missing."""
    return await launching.launch_game(call, ip_required=False)


async def read_history(call: Call) -> object:
    """Amounts in the provider's and the player's currency."""
    return await history.read_page(call, _amount)


def _amount(call: Call, row: HistoryRow, unit: Unit) -> object:
    minor = history.moved(row)
    return {
        "providerCurrency": unit.code,
        "playerCurrency": row.currency,
        "amount": {
            "providerAmount": history.in_unit(minor, unit),
            "playerAmount": history.in_currency(minor, unit.currency),
        },
    }


async def read_game_logs(call: Call) -> object:
    """By historyId, or by gameId, username and roundId."""
    if call.fields.optional_text("historyId") is not None:
        return await game_logs.by_history_id(call, _logged_money)
    return await game_logs.by_round(call, _logged_money, days_back=False)


def _logged_money(call: Call, row: HistoryRow, unit: Unit) -> dict[str, object]:
    return {
        "providerAmount": history.in_unit(history.moved(row), unit),
        "providerCurrency": unit.code,
        "walletCurrency": row.currency,
        # There are no revisions of keys between the hub and a provider.
        "agentProviderKeyRevisionID": "",
    }


async def player_daily_report(call: Call) -> object:
    """from and to may be missing: then all there is."""
    return await daily_report.read_report(call, times_required=False)


VERSION = Version(
    path="/external/v1.3",
    name="v1.3",
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
        "freeRound": free_rounds.free_round,
        "getFreeRound": free_rounds.get_free_round,
        "cancelFreeRound": free_rounds.cancel_free_round,
    },
)
