-- Agent runs that have a limit of their own. What they spend is in the ledger and in the counters of one budget per run.
CREATE TABLE runs (
    tenant      TEXT    NOT NULL,
    run         TEXT    NOT NULL,
    limit_nanos INTEGER NOT NULL, -- nano-dollars
    started_at  INTEGER NOT NULL, -- Unix milliseconds
    ended_at    INTEGER,          -- NULL = it goes on
    changed_at  INTEGER NOT NULL, -- by the database's clock where proxies share it
    PRIMARY KEY (tenant, run)
) WITHOUT ROWID;

CREATE INDEX runs_changed ON runs (changed_at);
