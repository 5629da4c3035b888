"""What failed, and what waits for an operator or a person."""
