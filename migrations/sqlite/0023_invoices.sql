-- What providers billed, as their own exports of costs say. Money is in nano-dollars; a day is its first instant of UTC, Unix milliseconds.
CREATE TABLE invoices (
    id          TEXT    NOT NULL PRIMARY KEY, -- made of the file's hash, so that a file is imported once
    provider    TEXT    NOT NULL,
    imported_at INTEGER NOT NULL,             -- Unix milliseconds
    imported_by TEXT    NOT NULL,             -- the admin key's id
    from_day    INTEGER NOT NULL,
    to_day      INTEGER NOT NULL,             -- the last one that it covers
    rows        INTEGER NOT NULL,
    cost        INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE invoice_lines (
    invoice TEXT    NOT NULL,
    day     INTEGER NOT NULL,
    item    TEXT    NOT NULL, -- what was billed, in the provider's words
    cost    INTEGER NOT NULL,
    PRIMARY KEY (invoice, day, item)
) WITHOUT ROWID;
