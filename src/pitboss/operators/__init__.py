"""Outbound to seamless operators: their wallets, asked in the wallet protocol (the contract, "The hub as platform")."""

from pitboss.operators.breaker import Breaker, State
from pitboss.operators.client import WalletClient, open_wallets

__all__ = ["Breaker", "State", "WalletClient", "open_wallets"]
