SELECT agent_id, name, paused, behind, oldest, dead, delivered FROM feed_figures() ORDER BY agent_id, name
