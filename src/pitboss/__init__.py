"""Pitboss: the hub between casino operators and game studios."""

__version__ = "0.1.0"
