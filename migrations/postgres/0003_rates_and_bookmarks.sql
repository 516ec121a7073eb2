-- Every row of the rate cards that priced calls here: what a ledger entry's rate means. Rows are never edited, only followed.
CREATE TABLE rates (
    id             text COLLATE "C" PRIMARY KEY,
    provider       text COLLATE "C" NOT NULL,
    model          text COLLATE "C" NOT NULL,
    effective_from timestamptz NOT NULL,
    definition     jsonb       NOT NULL  -- as in the shipped rate card; prices in nano-dollars per million tokens
);

-- How far a reader of the ledger has come.
CREATE TABLE bookmarks (
    name     text COLLATE "C" PRIMARY KEY,
    value    text        NOT NULL,
    moved_at timestamptz NOT NULL
);
