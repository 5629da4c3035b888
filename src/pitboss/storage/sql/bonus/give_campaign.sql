-- studio_state asking: the studio is told once this is committed; due a little later for whoever takes over.
INSERT INTO bonus_campaign (
  agent_id, id, code, reference, said, template, name, kind, provider_id, games, wager_games, currency, value, stakes, multiplier,
  max_conversion, valid_from, use_by, expires_at, created_at, studio_state, due
)
VALUES (
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 'asking', $20::timestamptz + interval '2 seconds'
)
ON CONFLICT (agent_id, reference) DO NOTHING
RETURNING 1
