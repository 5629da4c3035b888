-- Nothing a wallet did before its first free stake is read.
SELECT t.campaign_code AS code, sum(t.real_amount + t.bonus_amount)::bigint AS payout
FROM player p
JOIN wallet w ON w.agent_id = $1 AND w.player_id = p.player_id
JOIN transaction t ON t.agent_id = $1 AND t.wallet_id = w.id
WHERE p.agent_id = $1 AND p.username = $2 AND w.currency = $3
  AND t.wallet_version > (SELECT min(m.wallet_version) FROM bonus_move m WHERE m.agent_id = $1 AND m.wallet_id = w.id)
  AND t.kind = 'win' AND t.state = 'ok' AND t.campaign_code = ANY ($4::text[])
GROUP BY t.campaign_code
