INSERT INTO player_tag (agent_id, player_id, name, number, text)
SELECT p.agent_id, p.player_id, u.name, u.number, u.text
FROM player p
JOIN unnest($3::text[], $4::numeric[], $5::text[]) AS u (name, number, text) ON true
WHERE p.agent_id = $1 AND p.player_id = $2
ON CONFLICT (agent_id, player_id, name) DO UPDATE SET number = excluded.number, text = excluded.text
