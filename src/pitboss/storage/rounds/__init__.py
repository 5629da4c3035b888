"""Rounds as people at the back office look for them and at them."""
