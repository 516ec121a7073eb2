-- What a plan gives free each month of UTC, in nano-dollars, calls or tokens, and how its tenants pay.
ALTER TABLE plans ADD COLUMN included_kind TEXT; -- NULL = nothing
ALTER TABLE plans ADD COLUMN included_amount INTEGER;
ALTER TABLE plans ADD COLUMN billing TEXT NOT NULL DEFAULT 'metered';
