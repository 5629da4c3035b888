UPDATE operator_call c
SET phase = u.phase, due = u.due, taken_until = u.taken_until, tries = u.tries, last_error = u.last_error
FROM unnest(
  :call_provider::integer[], :call_wallet::bigint[], :call_kind::text[], :call_subject::text[], :call_phase::text[],
  :call_due::timestamptz[], :call_taken_until::timestamptz[], :call_tries::integer[], :call_last_error::text[]
) AS u (provider_id, wallet_id, kind, subject, phase, due, taken_until, tries, last_error)
WHERE c.agent_id = :agent_id AND c.wallet_id = u.wallet_id AND c.provider_id = u.provider_id AND c.kind = u.kind
  AND c.subject = u.subject
RETURNING 1
