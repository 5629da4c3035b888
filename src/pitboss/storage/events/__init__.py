"""The event store (docs/events.md): written, read, kept in order."""
