"""Tenfold Dice: four ten-sided dice, one number from 00.00 to 99.99."""

from pitboss_studio.games.dice.game import Dice

GAME = Dice()
