INSERT INTO player_away (agent_id, player_id, kind, until, pending_until, pending_since) VALUES ($1, $2, $3, $4, $5, $6)
