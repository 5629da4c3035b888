"""What goes on: the hub as a whole, and one agent."""
