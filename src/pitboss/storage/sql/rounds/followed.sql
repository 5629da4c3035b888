-- What the hub itself did to a wallet right behind something of a round's ($3 its versions): bonus money that became real, or was taken
-- away, of a grant that the round had moved ($4). In the same batch: it was decided with the message before it.
SELECT
  t.provider_id, t.provider_tx_id, t.is_cancel, t.id, t.wallet_tx_id, t.number, t.kind, t.state, t.said, t.refusal, t.wallet_version,
  t.game_id, t.real_amount, t.bonus_amount, t.balance_before, t.balance_after, t.told, t.settle_rate, t.reason, t.campaign_code,
  t.history_id, t.review, t.answer, t.at
FROM unnest($3::bigint[], $5::timestamptz[]) AS mine (version, at)
JOIN transaction t
  ON t.agent_id = $1 AND t.wallet_id = $2 AND t.wallet_version > mine.version AND t.wallet_version <= mine.version + 16
WHERE t.provider_id = 0 AND t.kind IN ('convert', 'forfeit') AND t.at = mine.at AND t.said = ANY ($4::text[])
ORDER BY t.wallet_version
