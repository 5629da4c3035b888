SELECT code, scale FROM currency WHERE code = ANY ($1::text[])
