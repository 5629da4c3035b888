-- An agent's journal has the numbers 1 up to its head, each once.
SELECT h.agent_id, 'journal', format('head %s, %s events up to %s', h.last_seq, COALESCE(j.count, 0), COALESCE(j.last, 0))
FROM journal_head h
LEFT JOIN (
  SELECT agent_id, count(*) AS count, max(seq) AS last FROM journal GROUP BY agent_id
) j ON j.agent_id = h.agent_id
WHERE h.last_seq <> COALESCE(j.count, 0) OR h.last_seq <> COALESCE(j.last, 0)
