-- Transactions of rounds within a stretch of their wallets' versions, found by the wallet's own order: rounds have no index.
SELECT
  w.place, t.kind, t.is_cancel, t.provider_tx_id, t.wallet_version, t.game_id, t.real_amount, t.bonus_amount, t.settle_rate, t.reason,
  t.campaign_code, t.at, (
    SELECT COALESCE(-sum(m.uses), 0)::integer
    FROM bonus_move m
    WHERE t.kind = 'refund' AND m.agent_id = $1 AND m.wallet_id = t.wallet_id AND m.wallet_version = t.wallet_version
  ) AS free_returned
FROM unnest($2::integer[], $3::text[], $4::integer[], $5::text[], $6::bigint[], $7::bigint[])
  AS w (place, user_in_game, provider_id, round_id, above, upto)
CROSS JOIN LATERAL (
  SELECT x.id FROM wallet x WHERE x.agent_id = $1 AND x.user_in_game = w.user_in_game LIMIT 1
) owner
CROSS JOIN LATERAL (
  SELECT x.*
  FROM transaction x
  WHERE x.agent_id = $1 AND x.wallet_id = owner.id AND x.wallet_version > w.above AND x.wallet_version <= w.upto
    AND x.provider_id = w.provider_id AND x.round_id = w.round_id
  ORDER BY x.wallet_version
  LIMIT 1000000
) t
