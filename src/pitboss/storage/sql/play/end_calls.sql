DELETE FROM operator_call c
USING unnest(
  :ended_provider::integer[], :ended_wallet::bigint[], :ended_kind::text[], :ended_subject::text[]
) AS u (provider_id, wallet_id, kind, subject)
WHERE c.agent_id = :agent_id AND c.wallet_id = u.wallet_id AND c.provider_id = u.provider_id AND c.kind = u.kind
  AND c.subject = u.subject
RETURNING 1
