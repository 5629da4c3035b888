"""Calls to seamless operators' wallets, stored: taken by recovery, looked at by people, compared."""
