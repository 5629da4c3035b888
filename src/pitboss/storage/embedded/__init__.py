"""A PostgreSQL of our own: the binaries of a wheel under a supervisor that survives the death of any part."""

from pitboss.storage.embedded.binaries import binary
from pitboss.storage.embedded.durability import DurabilityError, check_durability
from pitboss.storage.embedded.errors import EmbeddedPostgresError
from pitboss.storage.embedded.server import EmbeddedPostgres

__all__ = ["DurabilityError", "EmbeddedPostgres", "EmbeddedPostgresError", "binary", "check_durability"]
