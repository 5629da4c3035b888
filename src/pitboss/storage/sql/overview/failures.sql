-- Whom an exchange that failed was with: a studio is the first word of what its call was about.
SELECT direction, dialect, studio, count(*), max(at)
FROM (
  SELECT
    direction, split_part(dialect, ' ', 1) AS dialect, at,
    CASE WHEN direction = 'in' AND dialect = 'wallet' THEN split_part(reference, ' ', 1) ELSE '' END AS studio
  FROM api_error
  WHERE agent_id = $1 AND id >= $2
  ORDER BY id DESC
  LIMIT $3
) e
GROUP BY direction, dialect, studio
ORDER BY count(*) DESC, direction, dialect, studio
