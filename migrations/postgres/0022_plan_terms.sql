-- What a plan gives free each month of UTC, in nano-dollars, calls or tokens, and how its tenants pay.
ALTER TABLE plans ADD COLUMN included_kind text; -- NULL = nothing
ALTER TABLE plans ADD COLUMN included_amount bigint;
ALTER TABLE plans ADD COLUMN billing text NOT NULL DEFAULT 'metered';
