"""What the calls do, whichever version they came in: a version's folder says which of them it has and how it writes the result."""
