ORDER BY walked.place DESC
LIMIT :size
