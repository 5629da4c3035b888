"""The agent's own movements of money: between its wallet and its players', and from outside into its wallet."""
