-- Batches: reservations that outlive the process and end part by part.
ALTER TABLE reservations ADD COLUMN next_part INTEGER NOT NULL DEFAULT 0;
-- What each hold it was made with still holds, by its budget's shape: {"shapes":[[budget, shape], …], "shares":[[which shape, scope, slot, ends, amount, own], …]}.
-- NULL = no standing reservation.
ALTER TABLE reservations ADD COLUMN shares TEXT;

-- What was presumed of a batch is taken back by an entry for each late part, no longer by one alone.
DROP INDEX ledger_adjusts;
CREATE INDEX ledger_adjusts ON ledger (adjusts) WHERE adjusts IS NOT NULL;
