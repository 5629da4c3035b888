UPDATE wallet w
SET has_bonuses = u.live, bonuses_ended_at = CASE WHEN u.live THEN w.bonuses_ended_at ELSE :at END
FROM unnest(:marked_wallet::bigint[], :marked_live::boolean[]) AS u (id, live)
WHERE w.agent_id = :agent_id AND w.id = u.id
RETURNING 1
