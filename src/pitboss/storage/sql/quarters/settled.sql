SELECT at, ggr FROM settlement WHERE agent_id = $1 ORDER BY at DESC LIMIT 1
