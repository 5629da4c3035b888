"""Runs the domain's decisions in batches against the store: gather, load, decide, store, answer."""
