-- The cursor's one row stands before the values, so that they are sent where it is.
INSERT INTO game_figure_open_round (agent_id, user_in_game, game_id, currency, round_id, staked, won, at)
SELECT c.agent_id, u.*
FROM journal_cursor c
CROSS JOIN unnest(
  $3::text::text[], $4::text::integer[], $5::text::text[], $6::text::text[], $7::text::bigint[], $8::text::bigint[],
  $9::text::timestamptz[]
) AS u
WHERE c.agent_id = $1 AND c.reader = $2
ON CONFLICT (agent_id, user_in_game, game_id)
DO UPDATE SET currency = excluded.currency, round_id = excluded.round_id, staked = excluded.staked, won = excluded.won, at = excluded.at
