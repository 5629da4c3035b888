"""Rounds: found, and told message by message."""
