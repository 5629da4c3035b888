SELECT id, code FROM game WHERE id = ANY ($1::integer[])
