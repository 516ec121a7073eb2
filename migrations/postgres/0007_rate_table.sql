-- The rate table. Rows of the shipped card have no sequence; rows that an admin added have, in the order in which they were added. Rows are never edited.
ALTER TABLE rates ADD COLUMN tenant   text COLLATE "C";  -- NULL = it prices every tenant's calls
ALTER TABLE rates ADD COLUMN sequence bigint;
ALTER TABLE rates ADD COLUMN added_by text COLLATE "C";  -- public id of the admin key
ALTER TABLE rates ADD COLUMN added_at timestamptz;

CREATE UNIQUE INDEX rates_sequence ON rates (sequence) WHERE sequence IS NOT NULL;

-- What an entry was priced at, beside its rate: enough to price it again. NULL = written before this was kept.
-- tier: 0 standard, 1 batch, 2 flex, 3 fast. markup: hundredths of a percent.
ALTER TABLE ledger ADD COLUMN tier     smallint;
ALTER TABLE ledger ADD COLUMN regional boolean;
ALTER TABLE ledger ADD COLUMN markup   integer;
