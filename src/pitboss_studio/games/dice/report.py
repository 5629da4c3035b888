"""What `pitboss studio rtp dice` asks for."""

from pitboss_studio.games.dice.simulation import compare

__all__ = ["compare"]
