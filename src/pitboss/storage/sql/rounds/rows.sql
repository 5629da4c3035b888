-- What there is to say of rounds, named by their keys; in the order given. Of one that never opened there is but its message.
SELECT
  k.provider_id, k.wallet_id, k.round_id, k.lead, r.number, CASE WHEN r.number IS NULL THEN k.game_id ELSE r.game_id END,
  r.staked, r.returned, r.won, r.finished, r.bets, r.opened_at, r.changed_at, w.user_in_game, w.currency, p.player_id, p.username,
  EXISTS (
    SELECT 1
    FROM operator_call c
    WHERE c.agent_id = $1 AND c.wallet_id = k.wallet_id AND c.provider_id = k.provider_id AND c.round_id = k.round_id
      AND (c.kind = 'cancel' OR c.kind <> 'finish' AND EXISTS (
        SELECT 1
        FROM transaction t
        WHERE t.agent_id = $1 AND t.provider_id = c.provider_id AND t.provider_tx_id = c.subject AND NOT t.is_cancel
          AND t.state IN ('pending', 'voiding', 'parked')))
  ),
  EXISTS (
    SELECT 1
    FROM bonus_move m
    WHERE m.agent_id = $1 AND m.wallet_id = k.wallet_id AND m.provider_id = k.provider_id AND m.round_id = k.round_id
  )
FROM unnest($2::integer[], $3::bigint[], $4::text[], $5::uuid[], $6::integer[])
  WITH ORDINALITY AS k (provider_id, wallet_id, round_id, lead, game_id, place)
LEFT JOIN LATERAL (
  SELECT x.number, x.game_id, x.staked, x.returned, x.won, x.finished, x.bets, x.opened_at, x.changed_at
  FROM round x
  WHERE x.agent_id = $1 AND x.provider_id = k.provider_id AND x.wallet_id = k.wallet_id AND x.round_id = k.round_id
  LIMIT 1
) r ON true
JOIN wallet w ON w.agent_id = $1 AND w.id = k.wallet_id
JOIN player p ON p.agent_id = $1 AND p.player_id = w.player_id
ORDER BY k.place
