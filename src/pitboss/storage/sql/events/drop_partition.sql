SELECT event_partition_drop($1)
