-- Their events were deleted meanwhile.
UPDATE feed_dead_letter d SET again = false
WHERE d.agent_id = $1 AND d.feed = $2 AND d.again
  AND NOT EXISTS (SELECT 1 FROM event e WHERE e.agent_id = $1 AND e.seq = d.seq)
