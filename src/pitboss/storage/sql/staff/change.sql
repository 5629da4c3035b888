UPDATE staff
SET role = COALESCE($2, role), active = COALESCE($3, active)
WHERE username = $1
RETURNING username, role, agent_id, active, created_at, last_sign_in, locked_until
