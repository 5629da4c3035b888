"""What `pitboss studio rtp roulette` asks for."""

from pitboss_studio.games.roulette.simulation import compare

__all__ = ["compare"]
