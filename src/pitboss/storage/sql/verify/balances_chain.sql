-- Each transaction starts from the balance that the one before it left, the first from nothing, the last at the wallet's own.
SELECT agent_id, user_in_game,
  format('transaction %s (version %s) starts at %s, the one before left %s', id, wallet_version, balance_before, left_before)
FROM (
  SELECT w.agent_id, w.user_in_game, t.id, t.wallet_version, t.balance_before,
    COALESCE(lag(t.balance_after) OVER (PARTITION BY t.agent_id, t.wallet_id ORDER BY t.wallet_version), 0) AS left_before
  FROM transaction t
  JOIN wallet w ON w.agent_id = t.agent_id AND w.id = t.wallet_id
  WHERE t.wallet_version IS NOT NULL AND w.player_id IS NOT NULL
) chain
WHERE balance_before <> left_before
