"""Feeds, stored (docs/feed.md): as workers and as administrators see them."""
