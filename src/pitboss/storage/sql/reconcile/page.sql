-- The next keys in the order of the ids, which is that of arrival.
SELECT provider_id, provider_tx_id, replace(id::text, '-', '')
FROM transaction
WHERE agent_id = $1 AND id > $2 AND id < $3 AND kind IN ('bet', 'win', 'refund')
ORDER BY id
LIMIT $4
