"""The hub as operator: game studios call `/wallet/*` (the wallet protocol, operator side).

The way of a call: `asgi` takes it off the wire and lets the studio in, `wire.wallet` reads the body, `translate` turns it into
exact money and the hub's own ids, `handlers` asks the engine or the store, `answers` puts it into the protocol's words.
"""
