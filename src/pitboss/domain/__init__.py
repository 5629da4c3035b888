"""The business: pure decisions over immutable values. Standard library only, no I/O, no clock, no randomness."""
