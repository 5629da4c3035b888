SELECT event_keys_take($1, $2, $3::text::text[], $4::text::bigint[])
