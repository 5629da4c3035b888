"""A reference operator: a casino's whole wallet for the wallet protocol, a program of its own that knows no hub from the inside."""
