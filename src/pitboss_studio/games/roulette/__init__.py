"""Meridian, European roulette."""

from pitboss_studio.games.roulette.game import Roulette

GAME = Roulette()
