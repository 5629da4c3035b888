"""Certification of somebody else's operator wallet, from outside.

It knows the wallet protocol's document and nothing of the hub: its own signatures, encoder and decimals, so that one mistake
cannot be made on both sides and pass.
"""
