INSERT INTO operator_call (
  agent_id, provider_id, wallet_id, kind, subject, round_id, place, reference, amount, data, asked_at, phase, due, taken_until,
  tries, last_error
)
SELECT :agent_id, u.*
FROM unnest(
  :new_call_provider::integer[], :new_call_wallet::bigint[], :new_call_kind::text[], :new_call_subject::text[],
  :new_call_round::text[], :new_call_place::bigint[], :new_call_reference::uuid[], :new_call_amount::bigint[],
  :new_call_data::text[], :new_call_asked_at::timestamptz[], :new_call_phase::text[], :new_call_due::timestamptz[],
  :new_call_taken_until::timestamptz[], :new_call_tries::integer[], :new_call_last_error::text[]
) AS u
RETURNING 1
