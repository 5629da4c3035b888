SELECT username, role, agent_id, active, created_at, last_sign_in, locked_until
FROM staff
ORDER BY username
