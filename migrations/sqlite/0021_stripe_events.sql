-- What Stripe found wrong with usage after it had taken it. Times are Unix milliseconds. See src/BudgetProxy/Stripe/README.md.

-- Events that came by webhook, each once; what they are about is asked for afterwards.
CREATE TABLE stripe_events (
    id          TEXT    PRIMARY KEY, -- Stripe's
    type        TEXT    NOT NULL,
    meter       TEXT,                -- Stripe's id; NULL = it names none
    received_at INTEGER NOT NULL,
    state       TEXT    NOT NULL,    -- pending, done, failed
    attempts    INTEGER NOT NULL DEFAULT 0,
    next_at     INTEGER NOT NULL,
    owner       TEXT,
    owned_until INTEGER NOT NULL DEFAULT 0,
    error       TEXT
) WITHOUT ROWID;

CREATE INDEX stripe_events_pending ON stripe_events (next_at) WHERE state = 'pending';
CREATE INDEX stripe_events_received ON stripe_events (received_at);

-- What those events told: a meter event by its identifier, or so many of one code that Stripe names no more of.
CREATE TABLE stripe_rejects (
    id         TEXT    PRIMARY KEY, -- UUIDv7
    event      TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    meter      TEXT,
    from_at    INTEGER,             -- when Stripe looked at them, from and to
    to_at      INTEGER,
    code       TEXT    NOT NULL,
    message    TEXT    NOT NULL,
    count      INTEGER,             -- NULL = not known
    identifier TEXT,                -- NULL = not named
    bucket     TEXT,                -- the one that has this identifier
    tenant     TEXT
) WITHOUT ROWID;

CREATE INDEX stripe_rejects_tenant ON stripe_rejects (tenant, id);
CREATE INDEX stripe_rejects_bucket ON stripe_rejects (bucket) WHERE bucket IS NOT NULL;
