INSERT INTO event_game (agent_id, game_id, announced, profile, said)
SELECT h.agent_id, u.id, true, u.profile::jsonb, u.said::jsonb
FROM event_head h CROSS JOIN unnest($2::text[], $3::text[], $4::text[]) AS u (id, profile, said)
WHERE h.agent_id = $1
ON CONFLICT (agent_id, game_id) DO UPDATE SET announced = true, profile = excluded.profile, said = excluded.said
