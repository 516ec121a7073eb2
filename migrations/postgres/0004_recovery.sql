-- How proxies make counters again together when Redis has lost them. Times are of this server's clock.

-- One row for each proxy that lives; a killed one's stays until a recovery finds it silent.
CREATE TABLE proxies (
    id      text        NOT NULL PRIMARY KEY,
    seen_at timestamptz NOT NULL
);

-- One row for each attempt; its number is the counters' generation.
CREATE TABLE recoveries (
    generation  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shards     integer[]   NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at   timestamptz -- no more answers are taken
);

CREATE INDEX recoveries_open ON recoveries (generation) WHERE closed_at IS NULL;

-- What a proxy knows of the lost shards: its open calls, and entries that may not be in the ledger, as JSON.
CREATE TABLE recovery_answers (
    generation bigint NOT NULL REFERENCES recoveries,
    proxy      text   NOT NULL,
    answer     bytea  NOT NULL,
    PRIMARY KEY (generation, proxy)
);
