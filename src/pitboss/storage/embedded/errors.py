"""What goes wrong around the embedded server, in one line a person can act on."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be started, reached or stopped; the message is one line."""


class PortTakenError(EmbeddedPostgresError):
    """Another process listens on the port."""


class StillAttachedError(EmbeddedPostgresError):
    """Processes of a dead server still hold its shared memory; a moment later they may not."""
