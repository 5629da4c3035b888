"""Agents: their tree, and what can be set of each."""
