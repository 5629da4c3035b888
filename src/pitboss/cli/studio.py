"""`pitboss studio`: the house studio's own command line, mounted; the only place where the two packages meet."""

from pitboss_studio.cli import app

__all__ = ["app"]
