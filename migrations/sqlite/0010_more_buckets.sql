-- Buckets that came later: images written, file searches and sessions of code on the provider's side; and what an answer counted that nobody has a price for.
ALTER TABLE ledger ADD COLUMN image_output INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN file_searches INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN code_sessions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reservations ADD COLUMN image_output INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reservations ADD COLUMN file_searches INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reservations ADD COLUMN code_sessions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN unknown_bucket INTEGER NOT NULL DEFAULT 0;
