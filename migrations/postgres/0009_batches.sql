-- Batches, the files they come from, and of each line what its price depends on: numbers, a hash of its custom id, its user and its model. No text.
CREATE TABLE batch_files (
    tenant     text    NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id         text    NOT NULL, -- the provider's
    created_at bigint  NOT NULL, -- Unix milliseconds
    lines      uuid UNIQUE,      -- names its lines; NULL = results of a batch
    line_count integer NOT NULL,
    answer     text,             -- the provider's file object
    batch      uuid,             -- the batch whose results it holds
    PRIMARY KEY (tenant, id)
);

CREATE TABLE batches (
    id          uuid    PRIMARY KEY, -- UUIDv7: later ones sort after earlier ones
    tenant      text    NOT NULL,
    provider    text    NOT NULL,
    provider_id text,
    state       text    NOT NULL,    -- preparing, sending, open, dropping, settled
    created_at  bigint  NOT NULL,
    definition  text    NOT NULL,    -- JSON
    answer      text,                -- the provider's batch object
    failures    integer NOT NULL,
    next_look   bigint  NOT NULL,
    owner       uuid,                -- the proxy that is at it
    owned_until bigint  NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX batches_provider_id ON batches (provider, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX batches_tenant ON batches (tenant, provider, id);
CREATE INDEX batches_due ON batches (next_look) WHERE state <> 'settled';

-- Lines by the hundred, as they were read.
CREATE TABLE batch_file_lines (
    lines  uuid    NOT NULL REFERENCES batch_files (lines) ON DELETE CASCADE,
    number integer NOT NULL, -- 0, 1, 2, ...
    data   bytea   NOT NULL,
    PRIMARY KEY (lines, number)
);

-- The same with what was reserved for each.
CREATE TABLE batch_lines (
    lines  uuid    NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    number integer NOT NULL,
    data   bytea   NOT NULL,
    PRIMARY KEY (lines, number)
);
