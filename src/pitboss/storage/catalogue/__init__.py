"""Providers, their games, currencies and rates, stored; and all of it as processes keep it in memory."""
