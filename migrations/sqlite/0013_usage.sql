-- The ledger's sums, so that totals need not read it. at: the first instant of the hour, day or month of settlement, in UTC and Unix milliseconds.
-- user and project: '' = none, else '=' and the value. requests: first entries. overruns: entries with an overrun. cache_saved: what caching saved, in
-- nano-dollars, see src/BudgetProxy/Insight/README.md.

-- All tenants', by UTC hour.
CREATE TABLE usage_hours (
    at                INTEGER NOT NULL,
    provider          TEXT    NOT NULL,
    model             TEXT    NOT NULL,
    requests          INTEGER NOT NULL,
    input             INTEGER NOT NULL,
    cached_input      INTEGER NOT NULL,
    cache_write_short INTEGER NOT NULL,
    cache_write_long  INTEGER NOT NULL,
    output            INTEGER NOT NULL,
    reasoning         INTEGER NOT NULL,
    audio_input       INTEGER NOT NULL,
    audio_output      INTEGER NOT NULL,
    image_input       INTEGER NOT NULL,
    tool_calls        INTEGER NOT NULL,
    image_output      INTEGER NOT NULL,
    file_searches     INTEGER NOT NULL,
    code_sessions     INTEGER NOT NULL,
    cost              INTEGER NOT NULL,
    charged           INTEGER NOT NULL,
    overrun           INTEGER NOT NULL,
    reserved          INTEGER NOT NULL,
    overruns          INTEGER NOT NULL,
    cache_saved       INTEGER NOT NULL,
    PRIMARY KEY (at, provider, model)
) WITHOUT ROWID;

-- By UTC day.
CREATE TABLE usage_tenant_days (
    tenant            TEXT    NOT NULL,
    at                INTEGER NOT NULL,
    provider          TEXT    NOT NULL,
    model             TEXT    NOT NULL,
    requests          INTEGER NOT NULL,
    input             INTEGER NOT NULL,
    cached_input      INTEGER NOT NULL,
    cache_write_short INTEGER NOT NULL,
    cache_write_long  INTEGER NOT NULL,
    output            INTEGER NOT NULL,
    reasoning         INTEGER NOT NULL,
    audio_input       INTEGER NOT NULL,
    audio_output      INTEGER NOT NULL,
    image_input       INTEGER NOT NULL,
    tool_calls        INTEGER NOT NULL,
    image_output      INTEGER NOT NULL,
    file_searches     INTEGER NOT NULL,
    code_sessions     INTEGER NOT NULL,
    cost              INTEGER NOT NULL,
    charged           INTEGER NOT NULL,
    overrun           INTEGER NOT NULL,
    reserved          INTEGER NOT NULL,
    overruns          INTEGER NOT NULL,
    cache_saved       INTEGER NOT NULL,
    PRIMARY KEY (tenant, at, provider, model)
) WITHOUT ROWID;

-- By UTC calendar month.
CREATE TABLE usage_tenant_months (
    at                INTEGER NOT NULL,
    tenant            TEXT    NOT NULL,
    requests          INTEGER NOT NULL,
    input             INTEGER NOT NULL,
    cached_input      INTEGER NOT NULL,
    cache_write_short INTEGER NOT NULL,
    cache_write_long  INTEGER NOT NULL,
    output            INTEGER NOT NULL,
    reasoning         INTEGER NOT NULL,
    audio_input       INTEGER NOT NULL,
    audio_output      INTEGER NOT NULL,
    image_input       INTEGER NOT NULL,
    tool_calls        INTEGER NOT NULL,
    image_output      INTEGER NOT NULL,
    file_searches     INTEGER NOT NULL,
    code_sessions     INTEGER NOT NULL,
    cost              INTEGER NOT NULL,
    charged           INTEGER NOT NULL,
    overrun           INTEGER NOT NULL,
    reserved          INTEGER NOT NULL,
    overruns          INTEGER NOT NULL,
    cache_saved       INTEGER NOT NULL,
    PRIMARY KEY (at, tenant)
) WITHOUT ROWID;

-- By UTC calendar month, by all that totals can be asked by.
CREATE TABLE usage_months (
    tenant            TEXT    NOT NULL,
    at                INTEGER NOT NULL,
    user              TEXT    NOT NULL,
    project           TEXT    NOT NULL,
    key               TEXT    NOT NULL,
    provider          TEXT    NOT NULL,
    model             TEXT    NOT NULL,
    requests          INTEGER NOT NULL,
    input             INTEGER NOT NULL,
    cached_input      INTEGER NOT NULL,
    cache_write_short INTEGER NOT NULL,
    cache_write_long  INTEGER NOT NULL,
    output            INTEGER NOT NULL,
    reasoning         INTEGER NOT NULL,
    audio_input       INTEGER NOT NULL,
    audio_output      INTEGER NOT NULL,
    image_input       INTEGER NOT NULL,
    tool_calls        INTEGER NOT NULL,
    image_output      INTEGER NOT NULL,
    file_searches     INTEGER NOT NULL,
    code_sessions     INTEGER NOT NULL,
    cost              INTEGER NOT NULL,
    charged           INTEGER NOT NULL,
    overrun           INTEGER NOT NULL,
    reserved          INTEGER NOT NULL,
    overruns          INTEGER NOT NULL,
    cache_saved       INTEGER NOT NULL,
    PRIMARY KEY (tenant, at, user, project, key, provider, model)
) WITHOUT ROWID;

-- The last entry whose amounts are in these sums; what is after it is read from the ledger.
CREATE TABLE usage_state (
    rolled_up_to INTEGER NOT NULL
);

INSERT INTO usage_state (rolled_up_to) VALUES (0);

-- For spans that don't begin and end with a day, and for the newest calls.
CREATE INDEX ledger_settled ON ledger (settled_at);

-- Calls that were refused, kept for 90 days. at: the UTC hour. '' = none, or not counted apart.
CREATE TABLE refusals (
    tenant  TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    code    TEXT    NOT NULL,
    budget  TEXT    NOT NULL,
    model   TEXT    NOT NULL,
    count   INTEGER NOT NULL,
    last_at INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (tenant, at, code, budget, model)
) WITHOUT ROWID;

CREATE INDEX refusals_last ON refusals (last_at);
CREATE INDEX refusals_at ON refusals (at);

CREATE TABLE refusal_hours (
    at    INTEGER NOT NULL,
    code  TEXT    NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (at, code)
) WITHOUT ROWID;
