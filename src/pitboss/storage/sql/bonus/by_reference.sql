SELECT id, code, said FROM bonus_campaign WHERE agent_id = $1 AND reference = $2
