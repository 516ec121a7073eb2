-- What is billed through Stripe. Times are Unix milliseconds, by the proxies' clocks, amounts nano-dollars, values whole micro-dollars or units. See src/BudgetProxy/Billing/README.md.

-- One row: from when usage is billed, which runs were asked for, and how the last one went.
CREATE TABLE billing_state (
    one         integer PRIMARY KEY CHECK (one = 1),
    starts_at   bigint,                   -- the first hour that is billed; NULL = the export was never on
    wanted      bigint NOT NULL DEFAULT 0, -- runs asked for
    finished    bigint NOT NULL DEFAULT 0, -- of those, the last that ended
    last_run_at bigint,
    error       text,                       -- what went wrong last
    error_at    bigint,
    stopped     text,                       -- why nothing is sent at all; NULL = it is
    stopped_at  bigint
);

INSERT INTO billing_state (one) VALUES (1);

-- Who exports. The token is another with each holder: what an earlier one still writes is refused by it.
CREATE TABLE billing_lease (
    one   integer PRIMARY KEY CHECK (one = 1),
    owner uuid NOT NULL,
    token bigint NOT NULL,
    until bigint NOT NULL
);

-- Tenants that were cut. cuts: how often, which each cut compares, so that two never cut the same. customer: the last one it was linked to.
CREATE TABLE billing_tenants (
    tenant   text COLLATE "C" PRIMARY KEY,
    cuts     bigint NOT NULL,
    customer text
);

-- All buckets of a tenant and meter summed: what the running floor goes by.
CREATE TABLE billing_totals (
    tenant  text COLLATE "C" NOT NULL,
    meter   text COLLATE "C" NOT NULL,
    amount  bigint NOT NULL,
    value   bigint NOT NULL,
    buckets bigint NOT NULL,
    PRIMARY KEY (tenant, meter)
);

-- Slices of one tenant, meter and UTC hour. Tenant, meter, hour, number, amount and value never change.
CREATE TABLE billing_buckets (
    id               uuid PRIMARY KEY, -- UUIDv7
    tenant           text COLLATE "C" NOT NULL,
    meter            text COLLATE "C" NOT NULL,
    hour             bigint NOT NULL,
    number           integer NOT NULL,
    amount           bigint NOT NULL,
    value            bigint NOT NULL,
    cut_at           bigint NOT NULL,
    state            text NOT NULL,
    customer         text,                -- whom it was sent for
    stamp            bigint,             -- the event's timestamp
    attempts         integer NOT NULL DEFAULT 0,
    generation       integer NOT NULL DEFAULT 1,
    first_attempt_at bigint,             -- the first that may have arrived
    last_attempt_at  bigint,
    next_at          bigint,             -- not before
    sent_at          bigint,
    error            text,
    cause            text,                -- what a parked one waits for
    revision         bigint NOT NULL DEFAULT 0,
    UNIQUE (tenant, meter, hour, number)
);

-- Few: nearly all are sent.
CREATE INDEX billing_buckets_pending ON billing_buckets (tenant, meter, hour, number) WHERE state = 'pending';
CREATE INDEX billing_buckets_held ON billing_buckets (tenant, meter, hour, number) WHERE state NOT IN ('pending', 'sent', 'verified');
CREATE INDEX billing_buckets_hour ON billing_buckets (hour);
CREATE INDEX billing_buckets_stamp ON billing_buckets ((coalesce(stamp, hour)));

-- What of an hour is not billed, since the tenant was on a prepaid plan when it was cut.
CREATE TABLE billing_prepaid (
    tenant text COLLATE "C" NOT NULL,
    meter  text COLLATE "C" NOT NULL,
    hour   bigint NOT NULL,
    amount bigint NOT NULL,
    value  bigint NOT NULL,
    PRIMARY KEY (tenant, meter, hour)
);

-- The highest allowance of a kind that a tenant had in a UTC month. kind: usd (nano-dollars), requests, tokens.
CREATE TABLE billing_months (
    tenant  text COLLATE "C" NOT NULL,
    month   bigint NOT NULL, -- its first instant
    kind    text NOT NULL,
    amount  bigint NOT NULL,
    PRIMARY KEY (tenant, month, kind)
);

-- Corrections follow the entry that they correct into its allowance.
CREATE INDEX ledger_corrections ON ledger (tenant, settled_at) WHERE adjusts IS NOT NULL;
