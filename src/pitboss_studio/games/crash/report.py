"""What `pitboss studio rtp crash` asks for."""

from pitboss_studio.games.crash.simulation import compare

__all__ = ["compare"]
