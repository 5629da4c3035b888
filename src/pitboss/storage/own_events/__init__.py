"""The hub's own activity, told to the event store (docs/feed.md)."""
