ORDER BY walked.place
LIMIT :size
