-- Top-ups and resets of budgets. They belong to a tenant's budget by its name, wherever its definition stands. Money is in nano-dollars, times are Unix
-- milliseconds on the counters' clock.

CREATE TABLE budget_acts (
    tenant TEXT    NOT NULL,
    budget TEXT    NOT NULL,
    id     TEXT    NOT NULL,    -- the idempotency key that it came with, else one made for it
    per    TEXT,                -- what the budget was counted by, where value is given
    value  TEXT,                -- NULL = all of the budget's counters
    topup  INTEGER,             -- NULL = a reset
    at     INTEGER NOT NULL,
    PRIMARY KEY (tenant, budget, id)
) WITHOUT ROWID;

-- What budgets with the admission "expected" hold of a call, where it is matched by any: money and tokens. Elsewhere a part of the call's own text.
ALTER TABLE reservations ADD COLUMN expected INTEGER;
ALTER TABLE reservations ADD COLUMN expected_tokens INTEGER;
