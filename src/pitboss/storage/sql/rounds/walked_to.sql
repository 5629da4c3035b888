-- The place of the last that could be looked through; nothing where there were fewer.
SELECT walked.place, walked.id FROM walked OFFSET :most::bigint - 1 LIMIT 1
