"""What the studio remembers: one SQLite file, durable before anything is told to an operator or a player."""
