-- The roll-ups that the journal's reader would have made of them.
INSERT INTO player_quarter
SELECT
  $1, $2, w.player_id, date_bin('15 minutes', t.at, timestamptz 'epoch'), t.provider_id, t.game_id, w.currency, true,
  count(*) FILTER (WHERE t.kind = 'bet'), count(*) FILTER (WHERE t.kind = 'bet'),
  COALESCE(-sum(t.real_amount) FILTER (WHERE t.kind = 'bet'), 0), 0,
  count(*) FILTER (WHERE t.kind = 'win'), COALESCE(sum(t.real_amount) FILTER (WHERE t.kind = 'win'), 0), 0, 0, 0, 0, 0, 0, 0, 0,
  COALESCE(-sum(t.real_amount) FILTER (WHERE t.kind = 'bet'), 0), COALESCE(sum(t.real_amount) FILTER (WHERE t.kind = 'win'), 0), 0, 0
FROM transaction t
JOIN wallet w ON w.agent_id = $1 AND w.id = t.wallet_id
WHERE t.agent_id = $1 AND t.provider_id <> 0
GROUP BY w.player_id, date_bin('15 minutes', t.at, timestamptz 'epoch'), t.provider_id, t.game_id, w.currency
