INSERT INTO revenue
SELECT agent_id, generation, currency, sum(turnover_settled - winnings_settled), 0
FROM game_quarter
WHERE agent_id = $1 AND generation = $2
GROUP BY agent_id, generation, currency
