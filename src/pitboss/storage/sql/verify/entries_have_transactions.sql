-- No money moves but for a transaction.
SELECT e.agent_id, e.id::text, format('an entry of %s for transaction %s, which does not exist', e.amount, e.transaction_id)
FROM entry e
LEFT JOIN transaction t ON t.agent_id = e.agent_id AND t.id = e.transaction_id
WHERE t.id IS NULL
