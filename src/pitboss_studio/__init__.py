"""The house studio: a game provider that knows its operator only through the wallet and studio protocols."""
