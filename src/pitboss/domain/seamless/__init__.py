"""Seamless agents: what is asked of an operator's wallet, what its answer means, and what the hub makes of it.

`operator_call` is the contract between the engine, which asks, and `operators/`, which carries the question over HTTP.
"""
