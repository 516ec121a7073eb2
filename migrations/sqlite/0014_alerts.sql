-- Alerts: who is told, what was raised, and what became of telling it. Times are Unix milliseconds, money is nano-dollars, ids are UUIDv7 as text.

-- A secret is kept as it is: each delivery is signed with it.
CREATE TABLE webhooks (
    name             TEXT    NOT NULL PRIMARY KEY,
    url              TEXT    NOT NULL,
    events           TEXT    NOT NULL, -- a JSON array; empty = every kind
    tenants          TEXT    NOT NULL, -- a JSON array; empty = every tenant, and what is no tenant's
    enabled          INTEGER NOT NULL,
    secret           TEXT    NOT NULL,
    old_secret       TEXT,             -- signs too until old_until
    old_until        INTEGER,
    created_at       INTEGER NOT NULL,
    disabled_because TEXT              -- NULL = an admin did it, or it is enabled
) WITHOUT ROWID;

CREATE TABLE alerts (
    id      TEXT    NOT NULL PRIMARY KEY,
    kind    TEXT    NOT NULL,
    tenant  TEXT,
    summary TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT    NOT NULL          -- the payload, byte for byte as it is signed and sent
) WITHOUT ROWID;

CREATE INDEX alerts_tenant ON alerts (tenant, id);

-- What rang. Whoever writes the row, or writes it anew after its time, raises the alert: one of any number of proxies.
CREATE TABLE alert_marks (
    key   TEXT NOT NULL PRIMARY KEY,
    until INTEGER                     -- NULL = for good
) WITHOUT ROWID;

CREATE TABLE alert_deliveries (
    id          TEXT    NOT NULL PRIMARY KEY,
    alert       TEXT    NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    target      TEXT    NOT NULL,     -- a webhook's name, or @smtp
    state       TEXT    NOT NULL,     -- pending, delivered, failed, dropped
    attempts    TEXT    NOT NULL,     -- JSON: one object each
    next_at     INTEGER NOT NULL,
    owner       TEXT,                 -- the proxy that is at it
    owned_until INTEGER NOT NULL DEFAULT 0,
    ended_at    INTEGER
) WITHOUT ROWID;

CREATE INDEX alert_deliveries_due ON alert_deliveries (target, next_at) WHERE state = 'pending';
CREATE INDEX alert_deliveries_alert ON alert_deliveries (alert);
CREATE INDEX alert_deliveries_target ON alert_deliveries (target, id);

-- One proxy at a time does what need be done only once.
CREATE TABLE alert_leases (
    name  TEXT    NOT NULL PRIMARY KEY,
    owner TEXT    NOT NULL,
    until INTEGER NOT NULL
) WITHOUT ROWID;

-- The most that a tenant spent in five minutes of a UTC day.
CREATE TABLE alert_peaks (
    tenant TEXT    NOT NULL,
    day    INTEGER NOT NULL,          -- days since 1970-01-01
    peak   INTEGER NOT NULL,
    since  INTEGER NOT NULL,          -- when it was first seen on that day
    PRIMARY KEY (tenant, day)
) WITHOUT ROWID;
