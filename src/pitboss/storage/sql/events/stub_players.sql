INSERT INTO event_player (agent_id, player_id, announced, profile, said)
SELECT h.agent_id, u.id, false, '{}', '{}'
FROM event_head h CROSS JOIN unnest($2::text[]) AS u (id)
WHERE h.agent_id = $1
ON CONFLICT (agent_id, player_id) DO NOTHING
