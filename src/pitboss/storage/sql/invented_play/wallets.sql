-- Every seat has had as many turns.
UPDATE wallet SET version = version + $2::bigint, balance = balance - 5 * ($2::bigint / 2)
WHERE agent_id = $1 AND player_id IS NOT NULL
