-- In Postgres: sums in plain arithmetic. Here they are added up by the process, so there is nothing to change.
SELECT 1;
