DELETE FROM event WHERE agent_id = $1
