INSERT INTO transaction (
  agent_id, provider_id, provider_tx_id, is_cancel, id, wallet_tx_id, number, kind, state, said, refusal, wallet_id,
  wallet_version, game_id, round_id, real_amount, bonus_amount, balance_before, balance_after, told, settle_rate, reason,
  campaign_code, history_id, review, answer, at
)
SELECT
  :agent_id, u.provider_id, u.provider_tx_id, u.is_cancel, u.id, u.wallet_tx_id, u.number, u.kind, u.state, u.said, u.refusal,
  u.wallet_id, u.wallet_version, u.game_id, u.round_id, u.real_amount, u.bonus_amount, u.balance_before, u.balance_after,
  u.told, u.settle_rate::numeric, u.reason, u.campaign_code, u.history_id, u.review, u.answer, :at
FROM unnest(
  :tx_provider::integer[], :tx_provider_tx_id::text[], :tx_is_cancel::boolean[], :tx_id::uuid[], :tx_wallet_tx_id::uuid[],
  :tx_number::bigint[], :tx_kind::text[], :tx_state::text[], :tx_said::text[], :tx_refusal::text[], :tx_wallet::bigint[],
  :tx_wallet_version::bigint[], :tx_game::integer[], :tx_round::text[], :tx_real::bigint[], :tx_bonus::bigint[],
  :tx_before::bigint[], :tx_after::bigint[], :tx_told::bigint[], :tx_settle_rate::text[], :tx_reason::text[],
  :tx_campaign::text[], :tx_history::text[], :tx_review::text[], :tx_answer::text[]
) AS u (
  provider_id, provider_tx_id, is_cancel, id, wallet_tx_id, number, kind, state, said, refusal, wallet_id, wallet_version,
  game_id, round_id, real_amount, bonus_amount, balance_before, balance_after, told, settle_rate, reason, campaign_code,
  history_id, review, answer
)
RETURNING 1
