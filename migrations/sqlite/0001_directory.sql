-- The directory: tenants, their virtual keys and budgets, and the admin keys. Keys are stored as SHA-256 only.
-- Money is in nano-dollars, times are Unix milliseconds, lists are JSON arrays.

CREATE TABLE tenants (
    id                  TEXT    NOT NULL PRIMARY KEY,
    name                TEXT,
    plan                TEXT,
    timezone            TEXT,
    stripe_customer_id  TEXT,
    markup_basis_points INTEGER NOT NULL,
    allowed_models      TEXT    NOT NULL,
    max_call            INTEGER,
    suspended           INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE virtual_keys (
    id             TEXT    NOT NULL PRIMARY KEY,
    tenant         TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    prefix         TEXT    NOT NULL,
    sha256         BLOB    NOT NULL UNIQUE,
    pinned_user    TEXT,
    pinned_project TEXT,
    allowed_models TEXT    NOT NULL,
    expires_at     INTEGER,
    created_at     INTEGER NOT NULL,
    revoked        INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX virtual_keys_tenant ON virtual_keys (tenant);

-- position keeps the order in which a tenant's budgets were made; a NULL timezone is the tenant's.
CREATE TABLE budgets (
    position     INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant       TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    per          TEXT,
    match        TEXT    NOT NULL,
    limit_kind   TEXT    NOT NULL,
    limit_amount INTEGER NOT NULL,
    window       TEXT    NOT NULL,
    timezone     TEXT,
    mode         TEXT    NOT NULL,
    admission    TEXT    NOT NULL,
    alert_at     TEXT    NOT NULL,
    UNIQUE (tenant, name)
);

CREATE TABLE admin_keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    prefix     TEXT    NOT NULL,
    sha256     BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;
