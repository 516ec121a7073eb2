-- What Stripe found wrong with usage after it had taken it. Times are Unix milliseconds. See src/BudgetProxy/Stripe/README.md.

-- Events that came by webhook, each once; what they are about is asked for afterwards.
CREATE TABLE stripe_events (
    id          text    PRIMARY KEY, -- Stripe's
    type        text    NOT NULL,
    meter       text,                -- Stripe's id; NULL = it names none
    received_at bigint  NOT NULL,
    state       text    NOT NULL,    -- pending, done, failed
    attempts    integer NOT NULL DEFAULT 0,
    next_at     bigint  NOT NULL,
    owner       uuid,
    owned_until bigint  NOT NULL DEFAULT 0,
    error       text
);

CREATE INDEX stripe_events_pending ON stripe_events (next_at) WHERE state = 'pending';
CREATE INDEX stripe_events_received ON stripe_events (received_at);

-- What those events told: a meter event by its identifier, or so many of one code that Stripe names no more of.
CREATE TABLE stripe_rejects (
    id         uuid    PRIMARY KEY, -- UUIDv7
    event      text    NOT NULL,
    at         bigint  NOT NULL,
    meter      text,
    from_at    bigint,              -- when Stripe looked at them, from and to
    to_at      bigint, 
    code       text    NOT NULL,
    message    text    NOT NULL,
    count      bigint,              -- NULL = not known
    identifier text,                -- NULL = not named
    bucket     uuid,                -- the one that has this identifier
    tenant     text
);

CREATE INDEX stripe_rejects_tenant ON stripe_rejects (tenant, id);
CREATE INDEX stripe_rejects_bucket ON stripe_rejects (bucket) WHERE bucket IS NOT NULL;
