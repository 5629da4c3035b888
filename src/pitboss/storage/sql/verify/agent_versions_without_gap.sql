-- Everything that happened to an agent's wallet is a side of an entry, numbered likewise.
SELECT w.agent_id, w.user_in_game,
  format('version %s, its entries: %s up to %s', w.version, COALESCE(e.count, 0), COALESCE(e.last, 0))
FROM wallet w
LEFT JOIN (
  SELECT agent_id, account, count(*) AS count, max(version) AS last
  FROM (
    SELECT agent_id, to_account AS account, to_version AS version FROM entry WHERE to_version IS NOT NULL
    UNION ALL
    SELECT agent_id, from_account, from_version FROM entry WHERE from_version IS NOT NULL
  ) sides
  GROUP BY agent_id, account
) e ON e.agent_id = w.agent_id AND e.account = w.id
WHERE w.player_id IS NULL AND (w.version <> COALESCE(e.count, 0) OR w.version <> COALESCE(e.last, 0))
