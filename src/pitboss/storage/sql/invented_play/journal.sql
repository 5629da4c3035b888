-- What the journal's readers would have been told of them; $10 is the last number it had.
INSERT INTO journal (agent_id, seq, at, event)
SELECT $1, $10::bigint + t.i + 1, t.at, format(
  '{"kind":"%s","id":"%s","wallet_tx_id":"%s","undoes":null,"user_in_game":"%s","wallet_version":%s,"currency":"EUR","provider_id":%s,'
  '"provider_tx_id":"%s","game_id":%s,"round_id":"%s","finished":%s,"round_bets":1,"round_stands":100,"real":%s,"bonus":0,"after":%s,'
  '"settle_rate":"1","reason":"not_provided","campaign_code":null}',
  CASE WHEN t.is_bet THEN 'bet' ELSE 'win' END, t.id, t.wallet_tx_id, t.user_in_game, t.wallet_version, $2, lpad((t.i + 1)::text, 15, '0'),
  $3, lpad(t.round::text, 12, '0'), CASE WHEN t.is_bet THEN 'false' ELSE 'true' END, t.amount, t.after
)::json
FROM turn t
