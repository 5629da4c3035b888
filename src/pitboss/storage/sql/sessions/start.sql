INSERT INTO session (
  agent_id, token, player_id, wallet_id, provider_id, game_id, lobby_id, currency, language, device, home_url, deposit_url,
  player_ip, created_at, expires_at, operator_token)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (agent_id, operator_token) WHERE operator_token IS NOT NULL DO NOTHING
RETURNING token
