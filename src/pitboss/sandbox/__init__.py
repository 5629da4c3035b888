"""Everything on one machine: PostgreSQL, the hub, its worker, the house studio, demo agents and players."""
