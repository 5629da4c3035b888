"""Comet Crash: a multiplier that rises until it crashes."""

from pitboss_studio.games.crash.game import Crash

GAME = Crash()
