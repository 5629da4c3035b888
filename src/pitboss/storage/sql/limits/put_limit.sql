INSERT INTO player_limit (agent_id, player_id, kind, period, currency, amount, pending_amount, pending_since)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
