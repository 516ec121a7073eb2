-- Plans: limits that many tenants share. A plan is written and read whole, so its budgets stand in it as JSON.
CREATE TABLE plans (
    id             TEXT    NOT NULL PRIMARY KEY,
    allowed_models TEXT    NOT NULL,
    max_call       INTEGER,
    budgets        TEXT    NOT NULL
) WITHOUT ROWID;

-- The key that this one was made to follow.
ALTER TABLE virtual_keys ADD COLUMN replaces TEXT;

-- Who changed what, from what to what. Rows are only added. before and after are JSON; no secret stands in them.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    by_id   TEXT    NOT NULL,
    by_name TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    target  TEXT    NOT NULL,
    tenant  TEXT,
    before  TEXT,
    after   TEXT
);

CREATE INDEX audit_tenant ON audit (tenant, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_by ON audit (by_id, id);
CREATE INDEX audit_at ON audit (at);
