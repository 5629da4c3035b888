SELECT
  s.token, s.player_id, s.provider_id, s.game_id, s.lobby_id, s.currency, s.language, s.device, s.home_url, s.deposit_url,
  s.expires_at, s.ended_at IS NOT NULL, p.blocked, p.country
FROM session s
JOIN player p ON p.agent_id = $1 AND p.player_id = s.player_id
WHERE s.agent_id = $1 AND s.operator_token = $2
