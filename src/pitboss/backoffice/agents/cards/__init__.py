"""The parts of an agent's settings, a card each."""
