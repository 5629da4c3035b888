UPDATE own_event_before SET what = $2, told_upto = $3 WHERE agent_id = $1
