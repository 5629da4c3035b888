-- A wallet with a bonus that is not over says so: else no batch would look for it.
SELECT g.agent_id, g.code, format('is active, and wallet %s says that it has none', g.wallet_id)
FROM bonus_grant g
JOIN wallet w ON w.agent_id = g.agent_id AND w.id = g.wallet_id
WHERE g.state = 'active' AND NOT w.has_bonuses
