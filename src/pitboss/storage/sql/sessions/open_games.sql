-- Where a player is playing now; whom its operator's wallet is to be asked for, and with which token.
SELECT
  s.provider_id, w.user_in_game, s.currency, s.operator_token,
  CASE WHEN p.operator_user_id IS NULL THEN p.username ELSE p.operator_user_id END
FROM session s
JOIN wallet w ON w.agent_id = $1 AND w.id = s.wallet_id
JOIN player p ON p.agent_id = $1 AND p.player_id = $2
WHERE s.agent_id = $1 AND s.player_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3
ORDER BY s.created_at
