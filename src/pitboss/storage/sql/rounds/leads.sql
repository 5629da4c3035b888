-- Of what was walked, each round's lead: the first of its messages that stood. Nearly always the one that opened it, whose number is
-- the one before the round's. Where that one never stood (a seamless agent's wallet refused it, or was never asked) the lead is
-- the one that has none of the round before it among what stood in the wallet.
-- since, until: its lead arrived in between, the end left out; both as ids.
SELECT walked.place, walked.provider_id, walked.wallet_id, walked.round_id, walked.id, walked.game_id
FROM walked
JOIN LATERAL (
  SELECT x.number, x.staked, x.returned, x.won, x.finished, x.bets
  FROM round x
  WHERE x.agent_id = :agent_id AND x.provider_id = walked.provider_id AND x.wallet_id = walked.wallet_id
    AND x.round_id = walked.round_id
  LIMIT 1
) r ON true
WHERE walked.wallet_version IS NOT NULL
  AND (:game_id::integer IS NULL OR walked.game_id = :game_id)
  AND (:since::uuid IS NULL OR walked.id >= :since)
  AND (:until::uuid IS NULL OR walked.id < :until)
  AND (walked.number = r.number - 1 OR NOT EXISTS (
    SELECT 1
    FROM (
      SELECT 1
      FROM transaction e
      WHERE e.agent_id = :agent_id AND e.wallet_id = walked.wallet_id AND e.wallet_version < walked.wallet_version
        AND e.wallet_version >= walked.wallet_version - 5000
        AND e.provider_id = walked.provider_id AND e.round_id = walked.round_id
      ORDER BY e.wallet_version DESC
      LIMIT 1
    ) AS earlier))
  AND (:state::text IS NULL
    OR (:state = 'returned') = (r.staked > 0 AND r.returned = r.staked AND r.won = 0) AND CASE :state
      WHEN 'open' THEN NOT r.finished AND (r.bets > 0 OR r.won > 0)
      WHEN 'finished' THEN r.finished
      ELSE true
    END)
  AND (:in_bonus::boolean IS NULL OR :in_bonus = EXISTS (
    SELECT 1
    FROM bonus_move m
    WHERE m.agent_id = :agent_id AND m.wallet_id = walked.wallet_id AND m.provider_id = walked.provider_id
      AND m.round_id = walked.round_id))
