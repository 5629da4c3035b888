-- All that happened in rounds of this id to a player's wallets.
SELECT
  w.user_in_game, t.provider_id, t.kind, t.is_cancel, t.provider_tx_id, t.wallet_version, t.game_id, t.real_amount, t.bonus_amount,
  t.settle_rate, t.reason, t.campaign_code, t.at, (
    SELECT COALESCE(-sum(m.uses), 0)::integer
    FROM bonus_move m
    WHERE t.kind = 'refund' AND m.agent_id = $1 AND m.wallet_id = t.wallet_id AND m.wallet_version = t.wallet_version
  ) AS free_returned
FROM wallet w
JOIN transaction t ON t.agent_id = $1 AND t.wallet_id = w.id AND t.wallet_version IS NOT NULL
WHERE w.agent_id = $1 AND w.user_in_game >= $2 || '-' AND w.user_in_game < $2 || '.' AND t.round_id = $3 AND t.provider_id <> 0
