"""Players, stored, with what belongs to them."""
