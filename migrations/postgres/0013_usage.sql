-- The ledger's sums, so that totals need not read it. at: the first instant of the hour, day or month of settlement, in UTC and Unix milliseconds.
-- user and project: '' = none, else '=' and the value. requests: first entries. overruns: entries with an overrun. cache_saved: what caching saved, in
-- nano-dollars, see src/BudgetProxy/Insight/README.md.

-- All tenants', by UTC hour.
CREATE TABLE usage_hours (
    at                bigint NOT NULL,
    provider          text COLLATE "C" NOT NULL,
    model             text COLLATE "C" NOT NULL,
    requests          bigint NOT NULL,
    input             bigint NOT NULL,
    cached_input      bigint NOT NULL,
    cache_write_short bigint NOT NULL,
    cache_write_long  bigint NOT NULL,
    output            bigint NOT NULL,
    reasoning         bigint NOT NULL,
    audio_input       bigint NOT NULL,
    audio_output      bigint NOT NULL,
    image_input       bigint NOT NULL,
    tool_calls        bigint NOT NULL,
    image_output      bigint NOT NULL,
    file_searches     bigint NOT NULL,
    code_sessions     bigint NOT NULL,
    cost              bigint NOT NULL,
    charged           bigint NOT NULL,
    overrun           bigint NOT NULL,
    reserved          bigint NOT NULL,
    overruns          bigint NOT NULL,
    cache_saved       bigint NOT NULL,
    PRIMARY KEY (at, provider, model)
) WITH (fillfactor = 70);

-- By UTC day.
CREATE TABLE usage_tenant_days (
    tenant            text COLLATE "C" NOT NULL,
    at                bigint NOT NULL,
    provider          text COLLATE "C" NOT NULL,
    model             text COLLATE "C" NOT NULL,
    requests          bigint NOT NULL,
    input             bigint NOT NULL,
    cached_input      bigint NOT NULL,
    cache_write_short bigint NOT NULL,
    cache_write_long  bigint NOT NULL,
    output            bigint NOT NULL,
    reasoning         bigint NOT NULL,
    audio_input       bigint NOT NULL,
    audio_output      bigint NOT NULL,
    image_input       bigint NOT NULL,
    tool_calls        bigint NOT NULL,
    image_output      bigint NOT NULL,
    file_searches     bigint NOT NULL,
    code_sessions     bigint NOT NULL,
    cost              bigint NOT NULL,
    charged           bigint NOT NULL,
    overrun           bigint NOT NULL,
    reserved          bigint NOT NULL,
    overruns          bigint NOT NULL,
    cache_saved       bigint NOT NULL,
    PRIMARY KEY (tenant, at, provider, model)
) WITH (fillfactor = 70);

-- By UTC calendar month.
CREATE TABLE usage_tenant_months (
    at                bigint NOT NULL,
    tenant            text COLLATE "C" NOT NULL,
    requests          bigint NOT NULL,
    input             bigint NOT NULL,
    cached_input      bigint NOT NULL,
    cache_write_short bigint NOT NULL,
    cache_write_long  bigint NOT NULL,
    output            bigint NOT NULL,
    reasoning         bigint NOT NULL,
    audio_input       bigint NOT NULL,
    audio_output      bigint NOT NULL,
    image_input       bigint NOT NULL,
    tool_calls        bigint NOT NULL,
    image_output      bigint NOT NULL,
    file_searches     bigint NOT NULL,
    code_sessions     bigint NOT NULL,
    cost              bigint NOT NULL,
    charged           bigint NOT NULL,
    overrun           bigint NOT NULL,
    reserved          bigint NOT NULL,
    overruns          bigint NOT NULL,
    cache_saved       bigint NOT NULL,
    PRIMARY KEY (at, tenant)
) WITH (fillfactor = 70);

-- By UTC calendar month, by all that totals can be asked by.
CREATE TABLE usage_months (
    tenant            text COLLATE "C" NOT NULL,
    at                bigint NOT NULL,
    "user"            text COLLATE "C" NOT NULL,
    project           text COLLATE "C" NOT NULL,
    key               text COLLATE "C" NOT NULL,
    provider          text COLLATE "C" NOT NULL,
    model             text COLLATE "C" NOT NULL,
    requests          bigint NOT NULL,
    input             bigint NOT NULL,
    cached_input      bigint NOT NULL,
    cache_write_short bigint NOT NULL,
    cache_write_long  bigint NOT NULL,
    output            bigint NOT NULL,
    reasoning         bigint NOT NULL,
    audio_input       bigint NOT NULL,
    audio_output      bigint NOT NULL,
    image_input       bigint NOT NULL,
    tool_calls        bigint NOT NULL,
    image_output      bigint NOT NULL,
    file_searches     bigint NOT NULL,
    code_sessions     bigint NOT NULL,
    cost              bigint NOT NULL,
    charged           bigint NOT NULL,
    overrun           bigint NOT NULL,
    reserved          bigint NOT NULL,
    overruns          bigint NOT NULL,
    cache_saved       bigint NOT NULL,
    PRIMARY KEY (tenant, at, "user", project, key, provider, model)
) WITH (fillfactor = 70);

-- What the provider's cache saved on this entry; NULL = written by a version that did not know.
ALTER TABLE ledger ADD COLUMN cache_saved bigint;

-- Entries of before this migration are NULL: they are rolled up by and by, in the order of their ids. All later ones are rolled up as they are inserted,
-- by whichever version inserts them.
ALTER TABLE ledger ADD COLUMN rolled_up boolean;
ALTER TABLE ledger ALTER COLUMN rolled_up SET DEFAULT true;

-- How far that is; NULL = it has not begun. done: no entry of before is left.
CREATE TABLE usage_state (
    rolled_up_to uuid,
    done         boolean NOT NULL
);

INSERT INTO usage_state (rolled_up_to, done) SELECT NULL, NOT EXISTS (SELECT 1 FROM ledger);

-- A sum cut to what 64 bits hold: one absurd usage must not keep entries out of the ledger.
CREATE FUNCTION usage_sum(numeric) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT least(greatest($1, -9223372036854775808), 9223372036854775807)::bigint
$$;

-- Each level's rows in the order of their keys, and the levels in one order, so that two who insert never wait for each other in a circle; the rows that all
-- share come last, to be held for the least time.
CREATE FUNCTION ledger_roll_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage_tenant_days (
        tenant, at, provider, model, requests, input, cached_input, cache_write_short, cache_write_long, output, reasoning, audio_input,
        audio_output, image_input, tool_calls, image_output, file_searches, code_sessions, cost, charged, overrun, reserved, overruns, cache_saved)
    SELECT
        tenant, floor(extract(epoch FROM settled_at) / 86400)::bigint * 86400000, provider, model, count(*) FILTER (WHERE adjusts IS NULL),
        usage_sum(sum(input)), usage_sum(sum(cached_input)), usage_sum(sum(cache_write_short)), usage_sum(sum(cache_write_long)),
        usage_sum(sum(output)), usage_sum(sum(reasoning)), usage_sum(sum(audio_input)), usage_sum(sum(audio_output)), usage_sum(sum(image_input)),
        usage_sum(sum(tool_calls)), usage_sum(sum(image_output)), usage_sum(sum(file_searches)), usage_sum(sum(code_sessions)), usage_sum(sum(cost)),
        usage_sum(sum(charged)), usage_sum(sum(overrun)), usage_sum(sum(reserved)), count(*) FILTER (WHERE overrun > 0),
        usage_sum(coalesce(sum(cache_saved), 0))
    FROM added GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (tenant, at, provider, model) DO UPDATE SET
        requests = usage_sum(usage_tenant_days.requests::numeric + excluded.requests),
        input = usage_sum(usage_tenant_days.input::numeric + excluded.input),
        cached_input = usage_sum(usage_tenant_days.cached_input::numeric + excluded.cached_input),
        cache_write_short = usage_sum(usage_tenant_days.cache_write_short::numeric + excluded.cache_write_short),
        cache_write_long = usage_sum(usage_tenant_days.cache_write_long::numeric + excluded.cache_write_long),
        output = usage_sum(usage_tenant_days.output::numeric + excluded.output),
        reasoning = usage_sum(usage_tenant_days.reasoning::numeric + excluded.reasoning),
        audio_input = usage_sum(usage_tenant_days.audio_input::numeric + excluded.audio_input),
        audio_output = usage_sum(usage_tenant_days.audio_output::numeric + excluded.audio_output),
        image_input = usage_sum(usage_tenant_days.image_input::numeric + excluded.image_input),
        tool_calls = usage_sum(usage_tenant_days.tool_calls::numeric + excluded.tool_calls),
        image_output = usage_sum(usage_tenant_days.image_output::numeric + excluded.image_output),
        file_searches = usage_sum(usage_tenant_days.file_searches::numeric + excluded.file_searches),
        code_sessions = usage_sum(usage_tenant_days.code_sessions::numeric + excluded.code_sessions),
        cost = usage_sum(usage_tenant_days.cost::numeric + excluded.cost),
        charged = usage_sum(usage_tenant_days.charged::numeric + excluded.charged),
        overrun = usage_sum(usage_tenant_days.overrun::numeric + excluded.overrun),
        reserved = usage_sum(usage_tenant_days.reserved::numeric + excluded.reserved),
        overruns = usage_sum(usage_tenant_days.overruns::numeric + excluded.overruns),
        cache_saved = usage_sum(usage_tenant_days.cache_saved::numeric + excluded.cache_saved);

    INSERT INTO usage_months (
        tenant, at, "user", project, key, provider, model, requests, input, cached_input, cache_write_short, cache_write_long, output, reasoning,
        audio_input, audio_output, image_input, tool_calls, image_output, file_searches, code_sessions, cost, charged, overrun, reserved, overruns,
        cache_saved)
    SELECT
        tenant, (extract(epoch FROM date_trunc('month', settled_at AT TIME ZONE 'UTC')) * 1000)::bigint, coalesce('=' || "user", ''),
        coalesce('=' || project, ''), key, provider, model, count(*) FILTER (WHERE adjusts IS NULL), usage_sum(sum(input)),
        usage_sum(sum(cached_input)), usage_sum(sum(cache_write_short)), usage_sum(sum(cache_write_long)), usage_sum(sum(output)),
        usage_sum(sum(reasoning)), usage_sum(sum(audio_input)), usage_sum(sum(audio_output)), usage_sum(sum(image_input)),
        usage_sum(sum(tool_calls)), usage_sum(sum(image_output)), usage_sum(sum(file_searches)), usage_sum(sum(code_sessions)), usage_sum(sum(cost)),
        usage_sum(sum(charged)), usage_sum(sum(overrun)), usage_sum(sum(reserved)), count(*) FILTER (WHERE overrun > 0),
        usage_sum(coalesce(sum(cache_saved), 0))
    FROM added GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (tenant, at, "user", project, key, provider, model) DO UPDATE SET
        requests = usage_sum(usage_months.requests::numeric + excluded.requests), input = usage_sum(usage_months.input::numeric + excluded.input),
        cached_input = usage_sum(usage_months.cached_input::numeric + excluded.cached_input),
        cache_write_short = usage_sum(usage_months.cache_write_short::numeric + excluded.cache_write_short),
        cache_write_long = usage_sum(usage_months.cache_write_long::numeric + excluded.cache_write_long),
        output = usage_sum(usage_months.output::numeric + excluded.output),
        reasoning = usage_sum(usage_months.reasoning::numeric + excluded.reasoning),
        audio_input = usage_sum(usage_months.audio_input::numeric + excluded.audio_input),
        audio_output = usage_sum(usage_months.audio_output::numeric + excluded.audio_output),
        image_input = usage_sum(usage_months.image_input::numeric + excluded.image_input),
        tool_calls = usage_sum(usage_months.tool_calls::numeric + excluded.tool_calls),
        image_output = usage_sum(usage_months.image_output::numeric + excluded.image_output),
        file_searches = usage_sum(usage_months.file_searches::numeric + excluded.file_searches),
        code_sessions = usage_sum(usage_months.code_sessions::numeric + excluded.code_sessions),
        cost = usage_sum(usage_months.cost::numeric + excluded.cost), charged = usage_sum(usage_months.charged::numeric + excluded.charged),
        overrun = usage_sum(usage_months.overrun::numeric + excluded.overrun),
        reserved = usage_sum(usage_months.reserved::numeric + excluded.reserved),
        overruns = usage_sum(usage_months.overruns::numeric + excluded.overruns),
        cache_saved = usage_sum(usage_months.cache_saved::numeric + excluded.cache_saved);

    INSERT INTO usage_tenant_months (
        at, tenant, requests, input, cached_input, cache_write_short, cache_write_long, output, reasoning, audio_input, audio_output, image_input,
        tool_calls, image_output, file_searches, code_sessions, cost, charged, overrun, reserved, overruns, cache_saved)
    SELECT
        (extract(epoch FROM date_trunc('month', settled_at AT TIME ZONE 'UTC')) * 1000)::bigint, tenant, count(*) FILTER (WHERE adjusts IS NULL),
        usage_sum(sum(input)), usage_sum(sum(cached_input)), usage_sum(sum(cache_write_short)), usage_sum(sum(cache_write_long)),
        usage_sum(sum(output)), usage_sum(sum(reasoning)), usage_sum(sum(audio_input)), usage_sum(sum(audio_output)), usage_sum(sum(image_input)),
        usage_sum(sum(tool_calls)), usage_sum(sum(image_output)), usage_sum(sum(file_searches)), usage_sum(sum(code_sessions)), usage_sum(sum(cost)),
        usage_sum(sum(charged)), usage_sum(sum(overrun)), usage_sum(sum(reserved)), count(*) FILTER (WHERE overrun > 0),
        usage_sum(coalesce(sum(cache_saved), 0))
    FROM added GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (at, tenant) DO UPDATE SET
        requests = usage_sum(usage_tenant_months.requests::numeric + excluded.requests),
        input = usage_sum(usage_tenant_months.input::numeric + excluded.input),
        cached_input = usage_sum(usage_tenant_months.cached_input::numeric + excluded.cached_input),
        cache_write_short = usage_sum(usage_tenant_months.cache_write_short::numeric + excluded.cache_write_short),
        cache_write_long = usage_sum(usage_tenant_months.cache_write_long::numeric + excluded.cache_write_long),
        output = usage_sum(usage_tenant_months.output::numeric + excluded.output),
        reasoning = usage_sum(usage_tenant_months.reasoning::numeric + excluded.reasoning),
        audio_input = usage_sum(usage_tenant_months.audio_input::numeric + excluded.audio_input),
        audio_output = usage_sum(usage_tenant_months.audio_output::numeric + excluded.audio_output),
        image_input = usage_sum(usage_tenant_months.image_input::numeric + excluded.image_input),
        tool_calls = usage_sum(usage_tenant_months.tool_calls::numeric + excluded.tool_calls),
        image_output = usage_sum(usage_tenant_months.image_output::numeric + excluded.image_output),
        file_searches = usage_sum(usage_tenant_months.file_searches::numeric + excluded.file_searches),
        code_sessions = usage_sum(usage_tenant_months.code_sessions::numeric + excluded.code_sessions),
        cost = usage_sum(usage_tenant_months.cost::numeric + excluded.cost),
        charged = usage_sum(usage_tenant_months.charged::numeric + excluded.charged),
        overrun = usage_sum(usage_tenant_months.overrun::numeric + excluded.overrun),
        reserved = usage_sum(usage_tenant_months.reserved::numeric + excluded.reserved),
        overruns = usage_sum(usage_tenant_months.overruns::numeric + excluded.overruns),
        cache_saved = usage_sum(usage_tenant_months.cache_saved::numeric + excluded.cache_saved);

    INSERT INTO usage_hours (
        at, provider, model, requests, input, cached_input, cache_write_short, cache_write_long, output, reasoning, audio_input, audio_output,
        image_input, tool_calls, image_output, file_searches, code_sessions, cost, charged, overrun, reserved, overruns, cache_saved)
    SELECT
        floor(extract(epoch FROM settled_at) / 3600)::bigint * 3600000, provider, model, count(*) FILTER (WHERE adjusts IS NULL),
        usage_sum(sum(input)), usage_sum(sum(cached_input)), usage_sum(sum(cache_write_short)), usage_sum(sum(cache_write_long)),
        usage_sum(sum(output)), usage_sum(sum(reasoning)), usage_sum(sum(audio_input)), usage_sum(sum(audio_output)), usage_sum(sum(image_input)),
        usage_sum(sum(tool_calls)), usage_sum(sum(image_output)), usage_sum(sum(file_searches)), usage_sum(sum(code_sessions)), usage_sum(sum(cost)),
        usage_sum(sum(charged)), usage_sum(sum(overrun)), usage_sum(sum(reserved)), count(*) FILTER (WHERE overrun > 0),
        usage_sum(coalesce(sum(cache_saved), 0))
    FROM added GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (at, provider, model) DO UPDATE SET
        requests = usage_sum(usage_hours.requests::numeric + excluded.requests), input = usage_sum(usage_hours.input::numeric + excluded.input),
        cached_input = usage_sum(usage_hours.cached_input::numeric + excluded.cached_input),
        cache_write_short = usage_sum(usage_hours.cache_write_short::numeric + excluded.cache_write_short),
        cache_write_long = usage_sum(usage_hours.cache_write_long::numeric + excluded.cache_write_long),
        output = usage_sum(usage_hours.output::numeric + excluded.output),
        reasoning = usage_sum(usage_hours.reasoning::numeric + excluded.reasoning),
        audio_input = usage_sum(usage_hours.audio_input::numeric + excluded.audio_input),
        audio_output = usage_sum(usage_hours.audio_output::numeric + excluded.audio_output),
        image_input = usage_sum(usage_hours.image_input::numeric + excluded.image_input),
        tool_calls = usage_sum(usage_hours.tool_calls::numeric + excluded.tool_calls),
        image_output = usage_sum(usage_hours.image_output::numeric + excluded.image_output),
        file_searches = usage_sum(usage_hours.file_searches::numeric + excluded.file_searches),
        code_sessions = usage_sum(usage_hours.code_sessions::numeric + excluded.code_sessions),
        cost = usage_sum(usage_hours.cost::numeric + excluded.cost), charged = usage_sum(usage_hours.charged::numeric + excluded.charged),
        overrun = usage_sum(usage_hours.overrun::numeric + excluded.overrun),
        reserved = usage_sum(usage_hours.reserved::numeric + excluded.reserved),
        overruns = usage_sum(usage_hours.overruns::numeric + excluded.overruns),
        cache_saved = usage_sum(usage_hours.cache_saved::numeric + excluded.cache_saved);

    RETURN NULL;
END $$;

-- Only rows that were inserted are in "added": a repeat of an entry that is there changes nothing.
CREATE TRIGGER ledger_rolled_up AFTER INSERT ON ledger REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_roll_up();

-- Calls that were refused, kept for 90 days. at: the UTC hour, Unix milliseconds. '' = none, or not counted apart.
CREATE TABLE refusals (
    tenant  text COLLATE "C" NOT NULL,
    at      bigint NOT NULL,
    code    text COLLATE "C" NOT NULL,
    budget  text COLLATE "C" NOT NULL,
    model   text COLLATE "C" NOT NULL,
    count   bigint NOT NULL,
    last_at bigint NOT NULL, -- Unix milliseconds
    PRIMARY KEY (tenant, at, code, budget, model)
);

CREATE INDEX refusals_last ON refusals (last_at);
CREATE INDEX refusals_at ON refusals (at);

CREATE TABLE refusal_hours (
    at    bigint NOT NULL,
    code  text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (at, code)
);

-- What each proxy is at, written every second; seen_at is of this server's clock.
CREATE TABLE proxy_pulses (
    proxy   text COLLATE "C" PRIMARY KEY,
    seen_at timestamptz NOT NULL,
    pulse   text NOT NULL -- JSON
);
