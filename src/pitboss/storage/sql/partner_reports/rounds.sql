-- The players' parts of one round of a studio.
SELECT
  r.provider_id, r.wallet_id, r.round_id, r.number, r.game_id, r.staked, r.returned, r.won, r.finished, r.bets, r.opened_at,
  r.changed_at, w.user_in_game, w.currency, p.player_id, p.username
FROM round r
JOIN wallet w ON w.agent_id = $1 AND w.id = r.wallet_id
JOIN player p ON p.agent_id = $1 AND p.player_id = w.player_id
WHERE r.agent_id = $1 AND r.provider_id = $2 AND r.round_id = $3 AND (r.game_id = $4 OR r.game_id IS NULL)
  AND ($5::text IS NULL OR p.username = $5)
ORDER BY r.changed_at DESC
LIMIT 2
