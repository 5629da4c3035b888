-- The postings of messages: each has the id of one, or of its wallet's transaction.
SELECT e.transaction_id, e.id, e.from_account, e.to_account, e.amount, e.from_after, e.to_after
FROM entry e
WHERE e.agent_id = $1 AND e.id = ANY ($2::uuid[]) AND e.transaction_id = ANY ($3::uuid[])
ORDER BY e.id
