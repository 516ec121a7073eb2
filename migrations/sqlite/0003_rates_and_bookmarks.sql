-- Every row of the rate cards that priced calls here: what a ledger entry's rate means. Rows are never edited, only followed.
CREATE TABLE rates (
    id             TEXT    NOT NULL PRIMARY KEY,
    provider       TEXT    NOT NULL,
    model          TEXT    NOT NULL,
    effective_from INTEGER NOT NULL,  -- Unix milliseconds
    definition     TEXT    NOT NULL   -- JSON, as in the shipped rate card; prices in nano-dollars per million tokens
) WITHOUT ROWID;

-- How far a reader of the ledger has come.
CREATE TABLE bookmarks (
    name     TEXT    NOT NULL PRIMARY KEY,
    value    TEXT    NOT NULL,
    moved_at INTEGER NOT NULL         -- Unix milliseconds
) WITHOUT ROWID;
