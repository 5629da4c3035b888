"""Every operation and report by its name in the URL."""

from collections.abc import Mapping
from types import MappingProxyType

from pitboss.edges.partner_api.call import Read, Write
from pitboss.edges.partner_api.operations import balance_change, bet_values, launch, limits, logout, tags

WRITES: Mapping[str, Write] = MappingProxyType(
    {
        "setPlayerTags": tags.set_player_tags,
        "setPlayerLimits": limits.set_player_limits,
        "logout": logout.logout,
        "getGameLaunchUrl": launch.get_game_launch_url,
        "notifyBalanceChange": balance_change.notify_balance_change,
    }
)
READS: Mapping[str, Read] = MappingProxyType(
    {
        "playerLimits": limits.player_limits,
        "freeSpinBetValues": bet_values.free_spin_bet_values,
    }
)
