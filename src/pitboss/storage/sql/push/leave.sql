-- One that is being told keeps its time: two tellings of one subject could overtake each other.
INSERT INTO push (agent_id, kind, provider_id, subject, reason, since, due)
VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (agent_id, kind, provider_id, subject)
DO UPDATE SET reason = excluded.reason, since = excluded.since, due = GREATEST(push.due, excluded.due), again = push.again + 1
