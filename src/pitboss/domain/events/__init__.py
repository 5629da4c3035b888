"""Casino events: what they say, when they are wrong, and what is learned from them (the contract, "The event API")."""
