"""The cases, a module a chapter."""
