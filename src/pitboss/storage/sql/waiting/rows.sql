-- Unsettled calls by their keys, in that order, with whom and what they are about. behind: an earlier one of its round is unsettled.
SELECT
  w.user_in_game, p.player_id, p.username, t.state, coalesce(t.real_amount, 0), t.campaign_code,
  EXISTS (
    SELECT FROM operator_call e
    WHERE e.agent_id = $1 AND e.wallet_id = c.wallet_id AND e.provider_id = c.provider_id AND e.round_id = c.round_id
      AND e.place < c.place AND e.phase IN ('ask', 'status', 'void')) AS behind,
  c.provider_id, c.wallet_id, c.kind, c.subject, c.round_id, c.place, replace(c.reference::text, '-', ''), c.amount, c.data,
  c.asked_at, c.phase, c.due, c.taken_until, c.tries, c.last_error
FROM unnest($2::bigint[], $3::integer[], $4::text[], $5::text[]) WITH ORDINALITY AS k (wallet_id, provider_id, kind, subject, nth)
JOIN operator_call c
  ON c.agent_id = $1 AND c.wallet_id = k.wallet_id AND c.provider_id = k.provider_id AND c.kind = k.kind AND c.subject = k.subject
JOIN wallet w ON w.agent_id = $1 AND w.id = c.wallet_id
JOIN player p ON p.agent_id = $1 AND p.player_id = w.player_id
LEFT JOIN transaction t
  ON c.kind <> 'finish' AND t.agent_id = $1 AND t.provider_id = c.provider_id AND t.provider_tx_id = c.subject AND NOT t.is_cancel
ORDER BY k.nth
