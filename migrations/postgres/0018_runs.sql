-- Agent runs that have a limit of their own. What they spend is in the ledger and in the counters of one budget per run.
CREATE TABLE runs (
    tenant      text    NOT NULL,
    run         text    NOT NULL,
    limit_nanos bigint  NOT NULL, -- nano-dollars
    started_at  bigint  NOT NULL, -- Unix milliseconds
    ended_at    bigint,          -- NULL = it goes on
    changed_at  bigint  NOT NULL, -- by the database's clock where proxies share it
    PRIMARY KEY (tenant, run)
);

CREATE INDEX runs_changed ON runs (changed_at);
