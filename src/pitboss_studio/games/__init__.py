"""The studio's games. One folder here, one game: the registry finds it by its `GAME`."""
