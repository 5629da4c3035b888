SELECT
  g.id, g.code, p.code, g.name, g.category, g.devices, g.has_free_round, g.changed_version,
  CASE WHEN g.changed_at IS NULL THEN g.created_at ELSE g.changed_at END
FROM game g
JOIN provider p ON p.id = g.provider_id
WHERE g.provider_id = $1 AND (g.changed_version, g.id) > ($2::bigint, $3::integer)
ORDER BY g.changed_version, g.id
LIMIT $4
