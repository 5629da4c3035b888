SELECT
  m.wallet_id, m.wallet_version, replace(m.grant_id::text, '-', '') AS grant_id, m.provider_id, m.round_id, m.uses, m.value,
  m.staked, m.money, m.required, m.counted, m.converted
FROM unnest($2::bigint[], $3::integer[], $4::text[]) AS r (wallet_id, provider_id, round_id)
JOIN bonus_move m
  ON m.agent_id = $1 AND m.wallet_id = r.wallet_id AND m.provider_id = r.provider_id AND m.round_id = r.round_id
ORDER BY m.wallet_id, m.wallet_version
