-- What was pending with a seamless operator, or is being made void there, becomes what was said; nothing else may change so. It
-- happened when that is stored: reports put it where its event is.
UPDATE transaction t
SET state = u.state, refusal = u.refusal, wallet_version = u.wallet_version, real_amount = u.real_amount,
  bonus_amount = u.bonus_amount, balance_before = u.balance_before, balance_after = u.balance_after, told = u.told,
  review = u.review, answer = u.answer, at = :at
FROM unnest(
  :settled_provider::integer[], :settled_tx_id::text[], :settled_state::text[], :settled_refusal::text[],
  :settled_version::bigint[], :settled_real::bigint[], :settled_bonus::bigint[], :settled_before::bigint[],
  :settled_after::bigint[], :settled_told::bigint[], :settled_review::text[], :settled_answer::text[]
) AS u (
  provider_id, provider_tx_id, state, refusal, wallet_version, real_amount, bonus_amount, balance_before, balance_after, told,
  review, answer
)
WHERE t.agent_id = :agent_id AND t.provider_id = u.provider_id AND t.provider_tx_id = u.provider_tx_id AND NOT t.is_cancel
  AND t.state IN ('pending', 'voiding', 'parked')
RETURNING 1
