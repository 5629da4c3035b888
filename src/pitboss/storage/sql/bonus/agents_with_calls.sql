SELECT DISTINCT agent_id FROM bonus_campaign WHERE due <= $1
