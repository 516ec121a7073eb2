-- Plans: limits that many tenants share. A plan is written and read whole, so its budgets stand in it as JSON.
CREATE TABLE plans (
    id             text COLLATE "C" PRIMARY KEY,
    allowed_models text[] NOT NULL,
    max_call       bigint,
    budgets        text   NOT NULL
);

ALTER TABLE tenants ADD CONSTRAINT tenants_plan FOREIGN KEY (plan) REFERENCES plans;

-- A row of the feed is of a tenant, of a plan, or, where both are NULL, of the admin keys.
ALTER TABLE directory_changes ADD COLUMN plan text COLLATE "C";

-- The key that this one was made to follow.
ALTER TABLE virtual_keys ADD COLUMN replaces text COLLATE "C";

-- Who changed what, from what to what. Rows are only added. before and after are JSON as it was written; no secret stands in them.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    by_id   text COLLATE "C" NOT NULL,
    by_name text NOT NULL,
    action  text COLLATE "C" NOT NULL,
    target  text COLLATE "C" NOT NULL,
    tenant  text COLLATE "C",
    before  text,
    after   text
);

CREATE INDEX audit_tenant ON audit (tenant, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_by ON audit (by_id, id);
CREATE INDEX audit_at ON audit (at);
