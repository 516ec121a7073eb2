-- In Postgres: how proxies make counters again that Redis has lost. Here the counters are in this file, so there is nothing to add.
SELECT 1;
