INSERT INTO staff (username, password_hash, role, agent_id, active, wrong_guesses, created_at)
VALUES ($1, $2, $3, $4, true, 0, $5)
ON CONFLICT (username) DO NOTHING
RETURNING username, role, agent_id, active, created_at, last_sign_in, locked_until
