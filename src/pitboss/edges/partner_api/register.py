"""Every operation and report by its name in the URL."""

from collections.abc import Mapping
from types import MappingProxyType

from pitboss.edges.partner_api.call import Read, Write
from pitboss.edges.partner_api.operations import bet_values, logout, tags

WRITES: Mapping[str, Write] = MappingProxyType({"setPlayerTags": tags.set_player_tags, "logout": logout.logout})
READS: Mapping[str, Read] = MappingProxyType({"freeSpinBetValues": bet_values.free_spin_bet_values})
