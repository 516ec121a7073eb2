-- Buckets that came later: images written, file searches and sessions of code on the provider's side; and what an answer counted that nobody has a price for.
ALTER TABLE ledger ADD COLUMN image_output bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN file_searches bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN code_sessions bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger ADD COLUMN unknown_bucket boolean NOT NULL DEFAULT false;
