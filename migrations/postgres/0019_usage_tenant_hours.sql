-- A tenant's usage by UTC hour: what its bills are cut from. at: the first instant of the hour of settlement, Unix milliseconds. unbilled: something was added
-- since it was last looked at for billing; whatever adds to a row sets it.
CREATE TABLE usage_tenant_hours (
    tenant            text COLLATE "C" NOT NULL,
    at                bigint NOT NULL,
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
    unbilled          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (tenant, at)
) WITH (fillfactor = 70);

CREATE INDEX usage_tenant_hours_unbilled ON usage_tenant_hours (tenant, at) WHERE unbilled;

-- Entries of before this migration are NULL: they are added by and by, in the order of their ids, until hours_done. All later ones are added as they are
-- inserted, by whichever version inserts them. Until then a tenant's hours are read from elsewhere.
ALTER TABLE ledger ADD COLUMN in_tenant_hours boolean;
ALTER TABLE ledger ALTER COLUMN in_tenant_hours SET DEFAULT true;
ALTER TABLE usage_state ADD COLUMN hours_filled_to uuid;
ALTER TABLE usage_state ADD COLUMN hours_done boolean NOT NULL DEFAULT false;
UPDATE usage_state SET hours_done = NOT EXISTS (SELECT 1 FROM ledger);

CREATE FUNCTION ledger_add_to_tenant_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage_tenant_hours (
        tenant, at, requests, input, cached_input, cache_write_short, cache_write_long, output, reasoning, audio_input, audio_output, image_input,
        tool_calls, image_output, file_searches, code_sessions, cost, charged, overrun, reserved, overruns, cache_saved)
    SELECT
        tenant, floor(extract(epoch FROM settled_at) / 3600)::bigint * 3600000, count(*) FILTER (WHERE adjusts IS NULL), usage_sum(sum(input)),
        usage_sum(sum(cached_input)), usage_sum(sum(cache_write_short)), usage_sum(sum(cache_write_long)), usage_sum(sum(output)),
        usage_sum(sum(reasoning)), usage_sum(sum(audio_input)), usage_sum(sum(audio_output)), usage_sum(sum(image_input)), usage_sum(sum(tool_calls)),
        usage_sum(sum(image_output)), usage_sum(sum(file_searches)), usage_sum(sum(code_sessions)), usage_sum(sum(cost)), usage_sum(sum(charged)),
        usage_sum(sum(overrun)), usage_sum(sum(reserved)), count(*) FILTER (WHERE overrun > 0), usage_sum(coalesce(sum(cache_saved), 0))
    FROM added
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (tenant, at) DO UPDATE SET
        requests = usage_sum(usage_tenant_hours.requests::numeric + excluded.requests),
        input = usage_sum(usage_tenant_hours.input::numeric + excluded.input),
        cached_input = usage_sum(usage_tenant_hours.cached_input::numeric + excluded.cached_input),
        cache_write_short = usage_sum(usage_tenant_hours.cache_write_short::numeric + excluded.cache_write_short),
        cache_write_long = usage_sum(usage_tenant_hours.cache_write_long::numeric + excluded.cache_write_long),
        output = usage_sum(usage_tenant_hours.output::numeric + excluded.output),
        reasoning = usage_sum(usage_tenant_hours.reasoning::numeric + excluded.reasoning),
        audio_input = usage_sum(usage_tenant_hours.audio_input::numeric + excluded.audio_input),
        audio_output = usage_sum(usage_tenant_hours.audio_output::numeric + excluded.audio_output),
        image_input = usage_sum(usage_tenant_hours.image_input::numeric + excluded.image_input),
        tool_calls = usage_sum(usage_tenant_hours.tool_calls::numeric + excluded.tool_calls),
        image_output = usage_sum(usage_tenant_hours.image_output::numeric + excluded.image_output),
        file_searches = usage_sum(usage_tenant_hours.file_searches::numeric + excluded.file_searches),
        code_sessions = usage_sum(usage_tenant_hours.code_sessions::numeric + excluded.code_sessions),
        cost = usage_sum(usage_tenant_hours.cost::numeric + excluded.cost),
        charged = usage_sum(usage_tenant_hours.charged::numeric + excluded.charged),
        overrun = usage_sum(usage_tenant_hours.overrun::numeric + excluded.overrun),
        reserved = usage_sum(usage_tenant_hours.reserved::numeric + excluded.reserved),
        overruns = usage_sum(usage_tenant_hours.overruns::numeric + excluded.overruns),
        cache_saved = usage_sum(usage_tenant_hours.cache_saved::numeric + excluded.cache_saved), unbilled = true;

    RETURN NULL;
END $$;

-- Triggers run in the order of their names: these rows are taken before those of the other sums, of which all share some.
CREATE TRIGGER ledger_added_to_tenant_hours AFTER INSERT ON ledger REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_add_to_tenant_hours();
