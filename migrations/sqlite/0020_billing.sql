-- What is billed through Stripe. Times are Unix milliseconds, amounts nano-dollars, values whole micro-dollars or units. See src/BudgetProxy/Billing/README.md.

-- One row: from when usage is billed, which runs were asked for, and how the last one went.
CREATE TABLE billing_state (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    starts_at   INTEGER,                    -- the first hour that is billed; NULL = the export was never on
    wanted      INTEGER NOT NULL DEFAULT 0, -- runs asked for
    finished    INTEGER NOT NULL DEFAULT 0, -- of those, the last that ended
    last_run_at INTEGER,
    error       TEXT,                       -- what went wrong last
    error_at    INTEGER,
    stopped     TEXT,                       -- why nothing is sent at all; NULL = it is
    stopped_at  INTEGER
);

INSERT INTO billing_state (one) VALUES (1);

-- Who exports. The token is another with each holder: what an earlier one still writes is refused by it.
CREATE TABLE billing_lease (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    owner TEXT    NOT NULL,
    token INTEGER NOT NULL,
    until INTEGER NOT NULL
);

-- Tenants that were cut. cuts: how often, which each cut compares, so that two never cut the same. customer: the last one it was linked to.
CREATE TABLE billing_tenants (
    tenant   TEXT PRIMARY KEY,
    cuts     INTEGER NOT NULL,
    customer TEXT
) WITHOUT ROWID;

-- All buckets of a tenant and meter summed: what the running floor goes by.
CREATE TABLE billing_totals (
    tenant  TEXT    NOT NULL,
    meter   TEXT    NOT NULL,
    amount  INTEGER NOT NULL,
    value   INTEGER NOT NULL,
    buckets INTEGER NOT NULL,
    PRIMARY KEY (tenant, meter)
) WITHOUT ROWID;

-- Slices of one tenant, meter and UTC hour. Tenant, meter, hour, number, amount and value never change.
CREATE TABLE billing_buckets (
    id               TEXT    PRIMARY KEY, -- UUIDv7
    tenant           TEXT    NOT NULL,
    meter            TEXT    NOT NULL,
    hour             INTEGER NOT NULL,
    number           INTEGER NOT NULL,
    amount           INTEGER NOT NULL,
    value            INTEGER NOT NULL,
    cut_at           INTEGER NOT NULL,
    state            TEXT    NOT NULL,
    customer         TEXT,                -- whom it was sent for
    stamp            INTEGER,             -- the event's timestamp
    attempts         INTEGER NOT NULL DEFAULT 0,
    generation       INTEGER NOT NULL DEFAULT 1,
    first_attempt_at INTEGER,             -- the first that may have arrived
    last_attempt_at  INTEGER,
    next_at          INTEGER,             -- not before
    sent_at          INTEGER,
    error            TEXT,
    cause            TEXT,                -- what a parked one waits for
    revision         INTEGER NOT NULL DEFAULT 0,
    UNIQUE (tenant, meter, hour, number)
);

-- Few: nearly all are sent.
CREATE INDEX billing_buckets_pending ON billing_buckets (tenant, meter, hour, number) WHERE state = 'pending';
CREATE INDEX billing_buckets_held ON billing_buckets (tenant, meter, hour, number) WHERE state NOT IN ('pending', 'sent', 'verified');
CREATE INDEX billing_buckets_hour ON billing_buckets (hour);
CREATE INDEX billing_buckets_stamp ON billing_buckets (coalesce(stamp, hour));

-- What of an hour is not billed, since the tenant was on a prepaid plan when it was cut.
CREATE TABLE billing_prepaid (
    tenant TEXT    NOT NULL,
    meter  TEXT    NOT NULL,
    hour   INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    value  INTEGER NOT NULL,
    PRIMARY KEY (tenant, meter, hour)
) WITHOUT ROWID;

-- The highest allowance of a kind that a tenant had in a UTC month. kind: usd (nano-dollars), requests, tokens.
CREATE TABLE billing_months (
    tenant  TEXT    NOT NULL,
    month   INTEGER NOT NULL, -- its first instant
    kind    TEXT    NOT NULL,
    amount  INTEGER NOT NULL,
    PRIMARY KEY (tenant, month, kind)
) WITHOUT ROWID;

-- Corrections follow the entry that they correct into its allowance.
CREATE INDEX ledger_corrections ON ledger (tenant, settled_at) WHERE adjusts IS NOT NULL;
