-- The directory: tenants, their virtual keys and budgets, and the admin keys. Keys are stored as SHA-256 only. Money is in nano-dollars.
-- Texts that are ordered or compared stand in the collation "C": byte by byte, as in the program and in SQLite.

CREATE TABLE tenants (
    id                  text COLLATE "C" PRIMARY KEY,
    name                text,
    plan                text,
    timezone            text,
    stripe_customer_id  text,
    markup_basis_points integer NOT NULL,
    allowed_models      text[]  NOT NULL,
    max_call            bigint,
    suspended           boolean NOT NULL
);

-- The references keep a key or a budget out that one proxy makes while another deletes the tenant.
CREATE TABLE virtual_keys (
    id             text COLLATE "C" PRIMARY KEY,
    tenant         text COLLATE "C" NOT NULL REFERENCES tenants,
    name           text        NOT NULL,
    prefix         text        NOT NULL,
    sha256         bytea       NOT NULL UNIQUE,
    pinned_user    text,
    pinned_project text,
    allowed_models text[]      NOT NULL,
    expires_at     timestamptz,
    created_at     timestamptz NOT NULL,
    revoked        boolean     NOT NULL
);

CREATE INDEX virtual_keys_tenant ON virtual_keys (tenant);

-- position keeps the order in which a tenant's budgets were made; a NULL timezone is the tenant's. match holds pairs of dimension and pattern.
CREATE TABLE budgets (
    position     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant       text COLLATE "C" NOT NULL REFERENCES tenants,
    name         text COLLATE "C" NOT NULL,
    per          text,
    match        jsonb     NOT NULL,
    limit_kind   text      NOT NULL,
    limit_amount bigint    NOT NULL,
    "window"     text      NOT NULL,
    timezone     text,
    mode         text      NOT NULL,
    admission    text      NOT NULL,
    alert_at     integer[] NOT NULL,
    UNIQUE (tenant, name)
);

CREATE TABLE admin_keys (
    id         text COLLATE "C" PRIMARY KEY,
    name       text        NOT NULL,
    role       text        NOT NULL,
    prefix     text        NOT NULL,
    sha256     bytea       NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

-- The change feed: each write of the directory adds a row, under a lock that is held to its end, so that versions become visible in their order. Old
-- rows are pruned, but the newest of those stays: who asks for what came after an older one must read everything.
CREATE TABLE directory_changes (
    version    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant     text COLLATE "C",    -- NULL = the admin keys
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX directory_changes_changed ON directory_changes (changed_at);

INSERT INTO directory_changes (tenant) VALUES (NULL);
