-- Feeds with something to deliver that nobody is at.
SELECT f.agent_id, f.name
FROM feed f
LEFT JOIN event_head h ON h.agent_id = f.agent_id
WHERE f.paused IS NULL AND f.due <= $1 AND (f.taken_until IS NULL OR f.taken_until <= $1)
  AND (h.last_seq > f.last_seq OR EXISTS (
    SELECT 1 FROM feed_dead_letter d WHERE d.agent_id = f.agent_id AND d.feed = f.name AND d.again))
ORDER BY f.due
LIMIT $2
