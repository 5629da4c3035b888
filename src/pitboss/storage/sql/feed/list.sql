SELECT
  f.agent_id, f.name, f.url, f.paused, f.last_seq, GREATEST(COALESCE(h.last_seq, 0) - f.last_seq, 0), f.delivered, f.delivered_at, (
    SELECT count(*) FROM feed_dead_letter d WHERE d.agent_id = f.agent_id AND d.feed = f.name
  ), f.tries, f.last_error
FROM feed f
LEFT JOIN event_head h ON h.agent_id = f.agent_id
WHERE $1::integer IS NULL OR f.agent_id = $1
ORDER BY f.agent_id, f.name
