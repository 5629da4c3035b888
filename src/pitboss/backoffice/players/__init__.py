"""Players: found, looked after, put right."""
