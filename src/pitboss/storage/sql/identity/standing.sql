-- Bonus money counts as far as it may be staked in the session's game, now.
SELECT s.provider_id, s.game_id, s.expires_at, s.ended_at IS NOT NULL, w.user_in_game, w.currency,
       p.username, p.display_name, p.country, p.blocked,
       CASE WHEN w.bonus_balance = 0 THEN w.balance ELSE w.balance + (
         SELECT COALESCE(sum(g.balance), 0)::bigint
         FROM bonus_grant g
         JOIN bonus_campaign c ON c.agent_id = $1 AND c.id = g.campaign_id
         WHERE g.agent_id = $1 AND g.wallet_id = w.id AND g.state = 'active' AND c.expires_at > $3
           AND (c.wager_games = '{}' OR s.game_id IS NULL OR s.game_id = ANY (c.wager_games))
       ) END,
       p.player_id, p.operator_user_id, s.operator_token
FROM session s
JOIN wallet w ON w.agent_id = $1 AND w.id = s.wallet_id
JOIN player p ON p.agent_id = $1 AND p.player_id = s.player_id
WHERE s.agent_id = $1 AND s.token = $2
