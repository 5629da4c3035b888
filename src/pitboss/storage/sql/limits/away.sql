SELECT player_id, kind, until, pending_until, pending_since
FROM player_away
WHERE agent_id = $1 AND player_id = ANY ($2::text[])
