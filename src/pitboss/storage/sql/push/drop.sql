-- Newer news of the same has another number and stays.
DELETE FROM push WHERE agent_id = $1 AND kind = $2 AND provider_id = $3 AND subject = $4 AND again = $5
RETURNING 1
