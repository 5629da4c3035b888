"""Profiles of players and games: for each member the last word by the events' own time, whatever order they arrive in."""

from collections.abc import Mapping
from typing import NamedTuple

from pitboss.domain.events.event import GAME_MEMBERS, PLAYER_MEMBERS, UNDEFINED_DEVICE, Event, microseconds

Stamp = tuple[int, str]
"""Microseconds since 1970 and unique_id of the event that said it; the larger wins, so equal times have one winner, too."""


class Profile(NamedTuple):
    """What is known of a player or game by member, and who said it when. A member that was never said is in neither."""

    members: Mapping[str, object]
    said: Mapping[str, Stamp]


UNKNOWN = Profile({}, {})


def merged(profile: Profile, event: Event) -> Profile:
    """The profile after an event with changes; in any order the same events give the same profile."""
    stamp = (microseconds(event.at), event.unique_id)
    members, said = dict(profile.members), dict(profile.said)
    for name, value in (event.changes or {}).items():
        if name not in said or tuple(said[name]) < stamp:
            members[name], said[name] = value, stamp
    return Profile(members, said)


def told_player(members: Mapping[str, object]) -> dict[str, object]:
    """All of a player's members; None where nothing is known."""
    return {name: members.get(name) for name in PLAYER_MEMBERS}


def told_game(members: Mapping[str, object]) -> dict[str, object]:
    """All of a game's members; the device is `undefined` until one was given."""
    told = {name: members.get(name) for name in GAME_MEMBERS}
    if "device" not in members:
        told["device"] = UNDEFINED_DEVICE
    return told
