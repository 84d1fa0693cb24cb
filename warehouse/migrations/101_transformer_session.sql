-- The transformer's four sessions keep two processors busy; workers of a query on top of them work more and end no sooner (docs/measurements.md).
alter role tthc_transformer set max_parallel_workers_per_gather = 0;
