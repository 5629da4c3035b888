INSERT INTO bonus_grant (agent_id, id, campaign_id, code, wallet_id, player_id, created_at, use_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
