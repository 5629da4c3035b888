"""Games and studios: off and on, and what games return."""
