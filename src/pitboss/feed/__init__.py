"""Delivery of agents' events to consumers outside that speak the event API, another hub among them (docs/feed.md)."""
