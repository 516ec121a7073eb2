-- The rate table. Rows of the shipped card have no sequence; rows that an admin added have, in the order in which they were added. Rows are never edited.
ALTER TABLE rates ADD COLUMN tenant   TEXT;     -- NULL = it prices every tenant's calls
ALTER TABLE rates ADD COLUMN sequence INTEGER;
ALTER TABLE rates ADD COLUMN added_by TEXT;     -- public id of the admin key
ALTER TABLE rates ADD COLUMN added_at INTEGER;  -- Unix milliseconds

CREATE UNIQUE INDEX rates_sequence ON rates (sequence) WHERE sequence IS NOT NULL;

-- What an entry was priced at, beside its rate: enough to price it again. NULL = written before this was kept.
-- tier: 0 standard, 1 batch, 2 flex, 3 fast. markup: hundredths of a percent.
ALTER TABLE ledger ADD COLUMN tier     INTEGER;
ALTER TABLE ledger ADD COLUMN regional INTEGER;
ALTER TABLE ledger ADD COLUMN markup   INTEGER;

ALTER TABLE reservations ADD COLUMN tier     INTEGER;
ALTER TABLE reservations ADD COLUMN regional INTEGER;

-- An entry may be corrected more than once: by late usage, and by each row that re-prices it. What keeps one correction from being booked twice is its id.
DROP INDEX ledger_adjusts;
CREATE INDEX ledger_adjusts ON ledger (adjusts) WHERE adjusts IS NOT NULL;
