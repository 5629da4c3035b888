INSERT INTO entry (
  agent_id, id, transaction_id, from_account, to_account, amount, from_version, from_after, to_version, to_after, at
)
SELECT :agent_id, u.*, :at
FROM unnest(
  :entry_id::uuid[], :entry_transaction::uuid[], :entry_from::bigint[], :entry_to::bigint[], :entry_amount::bigint[],
  :entry_from_version::bigint[], :entry_from_after::bigint[], :entry_to_version::bigint[], :entry_to_after::bigint[]
) AS u
RETURNING 1
