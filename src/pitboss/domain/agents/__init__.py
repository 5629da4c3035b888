"""Agents: what makes one, and the keys that let it in."""
