-- Each transaction starts from the balance that the one before it left, the first from nothing. Not of seamless agents: their
-- balances are what the operator told, and it does more with them than play.
SELECT agent_id, user_in_game,
  format('transaction %s (version %s) starts at %s, the one before left %s', id, wallet_version, balance_before, left_before)
FROM (
  SELECT w.agent_id, w.user_in_game, t.id, t.wallet_version, t.balance_before,
    COALESCE(lag(t.balance_after) OVER (PARTITION BY t.agent_id, t.wallet_id ORDER BY t.wallet_version), 0) AS left_before
  FROM transaction t
  JOIN wallet w ON w.agent_id = t.agent_id AND w.id = t.wallet_id
  JOIN agent a ON a.id = t.agent_id AND a.type = 'transfer'
  WHERE t.wallet_version IS NOT NULL AND w.player_id IS NOT NULL
) chain
WHERE balance_before <> left_before
