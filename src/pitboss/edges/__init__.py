"""Inbound HTTP, one folder a dialect: authenticate, decode, translate, call, encode. Edges do not know each other."""
