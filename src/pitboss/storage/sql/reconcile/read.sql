-- These transactions as they are now, with what of them is not settled. What was refused for good kept no amount.
SELECT
  replace(t.id::text, '-', ''), t.provider_id, p.code, t.provider_tx_id, t.number, t.kind, t.state, t.refusal,
  CASE t.refusal WHEN 'operator_refused' THEN t.answer::json ->> 'code' END, t.wallet_id, w.user_in_game,
  COALESCE(y.operator_user_id, y.username), COALESCE(t.round_id, ''), COALESCE(r.number, 0), t.game_id,
  COALESCE(c.amount, nullif(abs(t.real_amount), 0)), t.at, c.phase, u.phase
FROM unnest($2::integer[], $3::text[]) WITH ORDINALITY AS k (provider_id, provider_tx_id, place)
JOIN transaction t
  ON t.agent_id = $1 AND t.provider_id = k.provider_id AND t.provider_tx_id = k.provider_tx_id AND NOT t.is_cancel
JOIN provider p ON p.id = t.provider_id
JOIN wallet w ON w.agent_id = $1 AND w.id = t.wallet_id
JOIN player y ON y.agent_id = $1 AND y.player_id = w.player_id
LEFT JOIN round r
  ON r.agent_id = $1 AND r.provider_id = t.provider_id AND r.wallet_id = t.wallet_id AND r.round_id = t.round_id
LEFT JOIN operator_call c
  ON c.agent_id = $1 AND c.wallet_id = t.wallet_id AND c.provider_id = t.provider_id AND c.kind = t.kind
  AND c.subject = t.provider_tx_id
LEFT JOIN operator_call u
  ON u.agent_id = $1 AND u.wallet_id = t.wallet_id AND u.provider_id = t.provider_id AND u.kind = 'cancel'
  AND u.subject = t.provider_tx_id
ORDER BY k.place
