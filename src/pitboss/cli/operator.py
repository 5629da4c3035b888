"""`pitboss operator`: the reference operator's own command line, mounted; the only place where the two packages meet."""

from pitboss_operator.cli import app

__all__ = ["app"]
