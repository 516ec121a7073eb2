-- Times are Unix milliseconds on the store's clock, money is nano-dollars, ids are UUIDs as 16 bytes in network order.

-- What a counter means: one row for each definition of a budget whose counters are kept. An id is never given twice.
CREATE TABLE budget_shapes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant     TEXT NOT NULL,
    budget     TEXT NOT NULL,
    shape      TEXT NOT NULL,
    limit_kind INTEGER NOT NULL,
    UNIQUE (tenant, budget, shape)
);

-- What is spent. A calendar window is one slot, a rolling window many. Holds are not stored here: they are the open reservations.
CREATE TABLE counters (
    shape_id INTEGER NOT NULL,
    scope    TEXT    NOT NULL,
    slot     INTEGER NOT NULL,
    ends     INTEGER,           -- when the slot stops counting; NULL = never
    spent    INTEGER NOT NULL,
    PRIMARY KEY (shape_id, scope, slot)
) WITHOUT ROWID;

CREATE INDEX counters_ends ON counters (ends) WHERE ends IS NOT NULL;

-- One row for each open reservation; and, for a while, each that was charged as presumed, so that a late settlement can adjust it.
CREATE TABLE reservations (
    id                BLOB PRIMARY KEY,
    presumed          INTEGER NOT NULL DEFAULT 0,
    tenant            TEXT NOT NULL,
    key               TEXT NOT NULL,
    user              TEXT,
    project           TEXT,
    run               TEXT,
    tags              TEXT,     -- a JSON object; NULL = none
    provider          TEXT NOT NULL,
    api               TEXT NOT NULL,
    model             TEXT NOT NULL,
    streamed          INTEGER NOT NULL,
    started_at        INTEGER NOT NULL,
    input             INTEGER NOT NULL,
    cached_input      INTEGER NOT NULL,
    cache_write_short INTEGER NOT NULL,
    cache_write_long  INTEGER NOT NULL,
    output            INTEGER NOT NULL,
    reasoning         INTEGER NOT NULL,
    audio_input       INTEGER NOT NULL,
    audio_output      INTEGER NOT NULL,
    image_input       INTEGER NOT NULL,
    tool_calls        INTEGER NOT NULL,
    rate              TEXT,
    reserved          INTEGER NOT NULL,
    markup            INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    holds             TEXT NOT NULL -- [[shape_id, scope, slot, ends, amount], …]
) WITHOUT ROWID;

-- The truth. seq is the settling order.
CREATE TABLE ledger (
    seq               INTEGER PRIMARY KEY,
    id                BLOB NOT NULL UNIQUE,
    request_id        BLOB NOT NULL,
    adjusts           BLOB,
    tenant            TEXT NOT NULL,
    key               TEXT NOT NULL,
    user              TEXT,
    project           TEXT,
    run               TEXT,
    tags              TEXT,
    provider          TEXT NOT NULL,
    api               TEXT NOT NULL,
    model             TEXT NOT NULL,
    streamed          INTEGER NOT NULL,
    started_at        INTEGER NOT NULL,
    input             INTEGER NOT NULL,
    cached_input      INTEGER NOT NULL,
    cache_write_short INTEGER NOT NULL,
    cache_write_long  INTEGER NOT NULL,
    output            INTEGER NOT NULL,
    reasoning         INTEGER NOT NULL,
    audio_input       INTEGER NOT NULL,
    audio_output      INTEGER NOT NULL,
    image_input       INTEGER NOT NULL,
    tool_calls        INTEGER NOT NULL,
    served_model      TEXT,
    rate              TEXT,
    basis             INTEGER NOT NULL,
    cost              INTEGER NOT NULL,
    charged           INTEGER NOT NULL,
    reserved          INTEGER NOT NULL,
    overrun           INTEGER NOT NULL,
    status            INTEGER NOT NULL,
    settled_at        INTEGER NOT NULL
);

CREATE UNIQUE INDEX ledger_adjusts ON ledger (adjusts) WHERE adjusts IS NOT NULL;
CREATE INDEX ledger_tenant ON ledger (tenant, settled_at);

CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
