"""Lumen Baccarat: punto banco."""

from pitboss_studio.games.baccarat.game import Baccarat

GAME = Baccarat()
