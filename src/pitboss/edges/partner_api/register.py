"""Every operation and report by its name in the URL."""

from collections.abc import Mapping
from types import MappingProxyType

from pitboss.edges.partner_api.call import Read, Write
from pitboss.edges.partner_api.operations import (
    balance_change,
    bet_values,
    bonuses,
    gifts,
    launch,
    limits,
    logout,
    tags,
)
from pitboss.edges.partner_api.reports import entity_balances, rounds, stats, transactions

WRITES: Mapping[str, Write] = MappingProxyType(
    {
        "setPlayerTags": tags.set_player_tags,
        "setPlayerLimits": limits.set_player_limits,
        "logout": logout.logout,
        "getGameLaunchUrl": launch.get_game_launch_url,
        "giveFreeSpins": gifts.give_free_spins,
        "giveGoldenChips": gifts.give_golden_chips,
        "removeBonus": bonuses.remove_bonus,
        "notifyBalanceChange": balance_change.notify_balance_change,
    }
)
READS: Mapping[str, Read] = MappingProxyType(
    {
        "playerLimits": limits.player_limits,
        "activeBonuses": bonuses.active_bonuses,
        "nonActiveBonuses": bonuses.non_active_bonuses,
        "freeSpinBetValues": bet_values.free_spin_bet_values,
        "reports/entityBalances": entity_balances.entity_balances,
        "reports/gameRound/{gameCode:str}": rounds.game_round,
        "reports/gameTransactionLineItems": transactions.game_transaction_line_items,
        "reports/stats": stats.stats,
        "reports/playerGameTransactions": transactions.player_game_transactions,
        "reports/openGameRounds": rounds.open_game_rounds,
    }
)
