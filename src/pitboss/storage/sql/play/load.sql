-- One row per command, in the order given. A statement of its own, after the locks: its snapshot must be younger than they are.
-- LIMIT 1 in each LATERAL keeps the plan a chain of key look-ups, whatever the statistics say. LIMIT $8 is the number of commands: it
-- takes nothing away, but has the plan that suits every batch look no dearer than one made for this batch, and planning takes longer
-- than the look-ups of a small batch.
SELECT
  t.provider_id, t.provider_tx_id, t.is_cancel, t.id, t.wallet_tx_id, t.number, t.kind, t.state, t.said, t.refusal, t.wallet_id,
  t.wallet_version, t.game_id, t.round_id, t.real_amount, t.bonus_amount, t.balance_before, t.balance_after, t.told,
  t.settle_rate, t.reason, t.campaign_code, t.history_id, t.review, t.answer,
  r.provider_id, r.wallet_id, r.round_id, r.number, r.game_id, r.staked, r.returned, r.won, r.finished, r.bets,
  s.token, s.wallet_id, s.provider_id, s.expires_at, s.ended, s.operator_token,
  p.player_id, p.blocked, p.operator_user_id, p.bet_limits, p.limited,
  r.opened_at, t.at
FROM (
  SELECT k.*
  FROM unnest(
    $2::text::integer[], $3::text::bigint[], $4::text::text[], $5::text::text[], $6::text::text[], $7::text::text[]
  ) WITH ORDINALITY AS k (provider_id, wallet_id, provider_tx_id, round_id, token, player_id, place)
  LIMIT $8
) c
LEFT JOIN LATERAL (
  SELECT
    x.provider_id, x.provider_tx_id, x.is_cancel, replace(x.id::text, '-', '') AS id,
    replace(x.wallet_tx_id::text, '-', '') AS wallet_tx_id, x.number, x.kind, x.state, x.said, x.refusal, x.wallet_id,
    x.wallet_version, x.game_id, x.round_id, x.real_amount, x.bonus_amount, x.balance_before, x.balance_after, x.told,
    x.settle_rate::text AS settle_rate, x.reason, x.campaign_code, x.history_id, x.review, x.answer,
    x.at
  FROM transaction x
  WHERE x.agent_id = $1 AND x.provider_id = c.provider_id AND x.provider_tx_id = c.provider_tx_id AND NOT x.is_cancel
  LIMIT 1
) t ON true
LEFT JOIN LATERAL (
  SELECT x.provider_id, x.wallet_id, x.round_id, x.number, x.game_id, x.staked, x.returned, x.won, x.finished, x.bets,
    x.opened_at
  FROM round x
  WHERE x.agent_id = $1 AND x.provider_id = c.provider_id AND x.wallet_id = c.wallet_id
    -- A cancel names no round that counts: the one of the transaction it undoes does. CASE, not COALESCE: that one is not taken for
    -- leakproof, so that under row-level security it stays a filter, and every bet would read all rounds its wallet ever had.
    AND x.round_id = CASE WHEN c.round_id IS NULL THEN t.round_id ELSE c.round_id END
  LIMIT 1
) r ON true
LEFT JOIN LATERAL (
  SELECT x.token, x.wallet_id, x.provider_id, x.expires_at, x.ended_at IS NOT NULL AS ended, x.operator_token
  FROM session x
  WHERE x.agent_id = $1 AND x.token = c.token
  LIMIT 1
) s ON true
LEFT JOIN LATERAL (
  SELECT x.player_id, x.blocked, COALESCE(x.operator_user_id, x.username) AS operator_user_id, x.bet_limits, x.limited
  FROM player x
  WHERE x.agent_id = $1 AND x.player_id = c.player_id
  LIMIT 1
) p ON true
ORDER BY c.place
