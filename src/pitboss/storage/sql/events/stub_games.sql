INSERT INTO event_game (agent_id, game_id, announced, profile, said)
SELECT h.agent_id, u.id, false, '{}', '{}'
FROM event_head h CROSS JOIN unnest($2::text[]) AS u (id)
WHERE h.agent_id = $1
ON CONFLICT (agent_id, game_id) DO NOTHING
