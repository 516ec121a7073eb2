-- Alerts: who is told, what was raised, and what became of telling it. Times are Unix milliseconds, money is nano-dollars, ids are UUIDv7.

-- A secret is kept as it is: each delivery is signed with it.
CREATE TABLE webhooks (
    name             text COLLATE "C" PRIMARY KEY,
    url              text    NOT NULL,
    events           text    NOT NULL, -- a JSON array; empty = every kind
    tenants          text    NOT NULL, -- a JSON array; empty = every tenant, and what is no tenant's
    enabled          boolean NOT NULL,
    secret           text    NOT NULL,
    old_secret       text,             -- signs too until old_until
    old_until        bigint,
    created_at       bigint  NOT NULL,
    disabled_because text              -- NULL = an admin did it, or it is enabled
);

CREATE TABLE alerts (
    id      uuid   PRIMARY KEY,
    kind    text   NOT NULL,
    tenant  text COLLATE "C",
    summary text   NOT NULL,
    at      bigint NOT NULL,
    body    text   NOT NULL            -- the payload, byte for byte as it is signed and sent
);

CREATE INDEX alerts_tenant ON alerts (tenant, id);

-- What rang. Whoever writes the row, or writes it anew after its time, raises the alert: one of any number of proxies.
CREATE TABLE alert_marks (
    key   text COLLATE "C" PRIMARY KEY,
    until bigint                       -- NULL = for good
);

CREATE TABLE alert_deliveries (
    id          uuid   PRIMARY KEY,
    alert       uuid   NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    target      text COLLATE "C" NOT NULL, -- a webhook's name, or @smtp
    state       text   NOT NULL,       -- pending, delivered, failed, dropped
    attempts    text   NOT NULL,       -- JSON: one object each
    next_at     bigint NOT NULL,
    owner       uuid,                  -- the proxy that is at it
    owned_until bigint NOT NULL DEFAULT 0,
    ended_at    bigint
);

CREATE INDEX alert_deliveries_due ON alert_deliveries (target, next_at) WHERE state = 'pending';
CREATE INDEX alert_deliveries_alert ON alert_deliveries (alert);
CREATE INDEX alert_deliveries_target ON alert_deliveries (target, id);

-- One proxy at a time does what need be done only once.
CREATE TABLE alert_leases (
    name  text COLLATE "C" PRIMARY KEY,
    owner uuid   NOT NULL,
    until bigint NOT NULL
);

-- The most that a tenant spent in five minutes of a UTC day.
CREATE TABLE alert_peaks (
    tenant text COLLATE "C" NOT NULL,
    day    integer NOT NULL,           -- days since 1970-01-01
    peak   bigint  NOT NULL,
    since  bigint  NOT NULL,           -- when it was first seen on that day
    PRIMARY KEY (tenant, day)
);
