"""The operator's books: one SQLite file."""
