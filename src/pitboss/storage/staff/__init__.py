"""The people at the back office, stored: who they are, who is signed in."""
