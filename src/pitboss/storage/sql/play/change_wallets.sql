-- from_version: a row that somebody changed behind the lock does not match, and the engine sees that one is missing.
UPDATE wallet w
SET
  balance = u.balance, bonus_balance = u.bonus_balance, version = u.version, may_go_negative = u.may_go_negative,
  last_batch_ns = :batch_ns
FROM unnest(
  :wallet_id::bigint[], :balance::bigint[], :bonus_balance::bigint[], :version::bigint[], :may_go_negative::boolean[],
  :from_version::bigint[]
) AS u (id, balance, bonus_balance, version, may_go_negative, from_version)
WHERE w.agent_id = :agent_id AND w.id = u.id AND w.version = u.from_version
RETURNING 1
