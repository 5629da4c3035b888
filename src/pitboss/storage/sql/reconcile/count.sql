SELECT count(*)
FROM transaction
WHERE agent_id = $1 AND id > $2 AND id < $3 AND kind IN ('bet', 'win', 'refund')
