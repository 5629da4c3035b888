"""The people who look after a hub: who they are and what each may do."""
