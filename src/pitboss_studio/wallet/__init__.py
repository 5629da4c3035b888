"""The platform side of the wallet protocol: how this studio asks an operator for bets and tells it wins."""
