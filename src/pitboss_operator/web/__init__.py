"""HTTP: the wallet's endpoints, and the local administration."""
