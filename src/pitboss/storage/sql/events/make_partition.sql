SELECT event_partition($1)
