"""Aurora Facets, the five-reel slot."""

from pitboss_studio.games.slot.game import Slot

GAME = Slot()
