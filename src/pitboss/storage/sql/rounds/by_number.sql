-- Of what was walked, the message with this number, or the one that opened the round with it.
SELECT walked.provider_id, walked.wallet_id, walked.round_id, walked.id, walked.game_id
FROM walked
WHERE walked.provider_id <> 0 AND (walked.number = :number::bigint OR walked.number = :number::bigint - 1 AND EXISTS (
  SELECT 1
  FROM round r
  WHERE r.agent_id = :agent_id AND r.provider_id = walked.provider_id AND r.wallet_id = walked.wallet_id
    AND r.round_id = walked.round_id AND r.number = :number::bigint))
LIMIT 1
