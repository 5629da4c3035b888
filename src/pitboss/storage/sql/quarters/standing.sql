-- Which generation is read, and how far it has come.
SELECT COALESCE(max(g.generation), 0), COALESCE(max(c.last_seq), 0)
FROM (SELECT COALESCE((SELECT generation FROM report_generation WHERE agent_id = $1), 0) AS generation) g
LEFT JOIN journal_cursor c ON c.agent_id = $1 AND c.reader = 'reports.' || g.generation
