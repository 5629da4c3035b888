SELECT event_keys_take($1, $2, $3, $4, $5)
