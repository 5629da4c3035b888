-- When the last bonus of a wallet had ended; null when it never had any, or has not been looked at since. has_bonuses is set by whoever
-- gives one, and unset by the batch that finds none left, both under the wallet's lock.
ALTER TABLE wallet ADD COLUMN bonuses_ended_at timestamptz;

GRANT UPDATE (bonuses_ended_at) ON wallet TO pitboss_app;
