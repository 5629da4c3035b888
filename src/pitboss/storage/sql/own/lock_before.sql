SELECT what, told_upto FROM own_event_before WHERE agent_id = $1 AND what <> 'done' FOR UPDATE SKIP LOCKED
