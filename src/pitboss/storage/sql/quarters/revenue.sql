SELECT currency, settled, unrated FROM revenue WHERE agent_id = $1 AND generation = $2
