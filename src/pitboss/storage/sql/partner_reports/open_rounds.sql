-- Rounds nobody has finished, the longest untouched first. waits: a seamless agent's wallet has not answered; plays: the player has
-- a session with the studio.
SELECT
  r.provider_id, r.wallet_id, r.round_id, r.number, r.game_id, r.staked, r.returned, r.won, r.finished, r.bets, r.opened_at,
  r.changed_at, w.user_in_game, w.currency, p.player_id, p.username,
  EXISTS (
    SELECT 1 FROM transaction t
    WHERE t.agent_id = $1 AND t.wallet_id = r.wallet_id AND t.wallet_version IS NULL AND t.provider_id = r.provider_id
      AND t.round_id = r.round_id AND t.state IN ('pending', 'voiding', 'parked')
  ),
  EXISTS (
    SELECT 1 FROM session s
    WHERE s.agent_id = $1 AND s.player_id = w.player_id AND s.wallet_id = r.wallet_id AND s.provider_id = r.provider_id
      AND s.ended_at IS NULL AND s.expires_at > $7
  )
FROM round r
JOIN wallet w ON w.agent_id = $1 AND w.id = r.wallet_id
JOIN player p ON p.agent_id = $1 AND p.player_id = w.player_id
WHERE r.agent_id = $1 AND NOT r.finished
  AND ($2::timestamptz IS NULL OR r.changed_at < $2)
  AND ($3::timestamptz IS NULL OR r.opened_at >= $3)
  AND ($4::timestamptz IS NULL OR r.opened_at < $4)
ORDER BY r.changed_at, r.provider_id, r.wallet_id, r.round_id
LIMIT $5 OFFSET $6
