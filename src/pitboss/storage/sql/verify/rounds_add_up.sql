-- A round's sums are those of its transactions: stakes and their number, what was given back of them, what was won and stood.
SELECT agent_id, round_id,
  format('staked %s in %s returned %s won %s, its transactions make %s in %s, %s, %s',
    r.staked, r.bets, r.returned, r.won, t.staked, t.bets, t.returned, t.won)
FROM round r
FULL JOIN (
  SELECT agent_id, provider_id, wallet_id, round_id,
    count(*) FILTER (WHERE kind = 'bet') AS bets,
    COALESCE(-sum(real_amount + bonus_amount) FILTER (WHERE kind = 'bet'), 0) AS staked,
    COALESCE(sum(abs(real_amount + bonus_amount)) FILTER (
      WHERE (kind = 'refund' AND state = 'ok') OR (kind = 'bet' AND state = 'canceled')), 0) AS returned,
    COALESCE(sum(real_amount + bonus_amount) FILTER (WHERE kind = 'win' AND state = 'ok'), 0) AS won
  FROM transaction
  WHERE state IN ('ok', 'canceled') AND wallet_version IS NOT NULL AND round_id IS NOT NULL
  GROUP BY agent_id, provider_id, wallet_id, round_id
) t USING (agent_id, provider_id, wallet_id, round_id)
-- A round whose bets were all made void, or are still under way, holds nothing.
WHERE (r.staked, r.bets, r.returned, r.won)
  IS DISTINCT FROM (COALESCE(t.staked, 0), COALESCE(t.bets, 0), COALESCE(t.returned, 0), COALESCE(t.won, 0))
