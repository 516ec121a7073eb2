-- Batches, the files they come from, and of each line what its price depends on: numbers, a hash of its custom id, its user and its model. No text.
CREATE TABLE batch_files (
    tenant     TEXT    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id         TEXT    NOT NULL, -- the provider's
    created_at INTEGER NOT NULL, -- Unix milliseconds
    lines      TEXT UNIQUE,      -- names its lines; NULL = results of a batch
    line_count INTEGER NOT NULL,
    answer     TEXT,             -- the provider's file object
    batch      TEXT,             -- the batch whose results it holds
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

CREATE TABLE batches (
    id          TEXT    PRIMARY KEY, -- UUIDv7: later ones sort after earlier ones
    tenant      TEXT    NOT NULL,
    provider    TEXT    NOT NULL,
    provider_id TEXT,
    state       TEXT    NOT NULL,    -- preparing, sending, open, dropping, settled
    created_at  INTEGER NOT NULL,
    definition  TEXT    NOT NULL,    -- JSON
    answer      TEXT,                -- the provider's batch object
    failures    INTEGER NOT NULL,
    next_look   INTEGER NOT NULL,
    owner       TEXT,                -- the proxy that is at it
    owned_until INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE UNIQUE INDEX batches_provider_id ON batches (provider, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX batches_tenant ON batches (tenant, provider, id);
CREATE INDEX batches_due ON batches (next_look) WHERE state <> 'settled';

-- Lines by the hundred, as they were read.
CREATE TABLE batch_file_lines (
    lines  TEXT    NOT NULL REFERENCES batch_files (lines) ON DELETE CASCADE,
    number INTEGER NOT NULL, -- 0, 1, 2, ...
    data   BLOB    NOT NULL,
    PRIMARY KEY (lines, number)
);

-- The same with what was reserved for each.
CREATE TABLE batch_lines (
    lines  TEXT    NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    data   BLOB    NOT NULL,
    PRIMARY KEY (lines, number)
);
