-- Top-ups and resets of budgets. They belong to a tenant's budget by its name, wherever its definition stands. Money is in nano-dollars, instants are those
-- of the counters' clock.

CREATE TABLE budget_acts (
    tenant text COLLATE "C" NOT NULL REFERENCES tenants,
    budget text COLLATE "C" NOT NULL,
    id     text COLLATE "C" NOT NULL,    -- the idempotency key that it came with, else one made for it
    per    text,                         -- what the budget was counted by, where value is given
    value  text,                         -- NULL = all of the budget's counters
    topup  bigint,                       -- NULL = a reset
    at     timestamptz NOT NULL,
    PRIMARY KEY (tenant, budget, id)
);
