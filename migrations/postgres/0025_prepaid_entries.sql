-- Whether a call is paid from prepaid credit is fixed when it is reserved, and kept with its entry; a tenant's hours are kept apart by it, and those that were
-- paid before are never looked at for billing. What stands here already is told apart by what was, or would have been, decided by the plan at the cut.
ALTER TABLE ledger ADD COLUMN prepaid boolean DEFAULT false;
ALTER TABLE ledger ALTER COLUMN prepaid DROP DEFAULT; -- NULL = inserted by a version that does not keep it

-- Tenants on a prepaid plan when entries began to keep it: what was reserved before, or is inserted by an older version, is prepaid where it is theirs.
CREATE TABLE prepaid_before (
    tenant text COLLATE "C" PRIMARY KEY
);

INSERT INTO prepaid_before SELECT t.id FROM tenants t JOIN plans p ON p.id = t.plan WHERE p.billing = 'prepaid';

ALTER TABLE usage_tenant_hours ADD COLUMN prepaid boolean NOT NULL DEFAULT false; -- where it is, unbilled says nothing
ALTER TABLE usage_tenant_hours DROP CONSTRAINT usage_tenant_hours_pkey, ADD PRIMARY KEY (tenant, at, prepaid);

-- Hours that anything of was cut as prepaid, and of tenants on a prepaid plan those of which no bucket was made or that have changed since. An hour that is mixed
-- becomes prepaid as a whole, so that nothing of it is billed a second time: its buckets stay, and what of it was not cut yet is not billed at all.
UPDATE usage_tenant_hours h SET prepaid = true
WHERE EXISTS (SELECT 1 FROM billing_prepaid p WHERE p.tenant = h.tenant AND p.hour = h.at)
    OR (h.tenant IN (SELECT b.tenant FROM prepaid_before b)
        AND (h.unbilled OR NOT EXISTS (SELECT 1 FROM billing_buckets b WHERE b.tenant = h.tenant AND b.hour = h.at)));

DROP INDEX usage_tenant_hours_unbilled;
CREATE INDEX usage_tenant_hours_unbilled ON usage_tenant_hours (tenant, at) WHERE unbilled AND NOT prepaid;

-- The column is new, so nothing that was booked changes.
ALTER TABLE ledger DISABLE TRIGGER ledger_no_change;

-- The entries of those hours, as far as they are in them; of tenants on a prepaid plan also those that are still to be added.
UPDATE ledger l SET prepaid = true FROM usage_tenant_hours h, usage_state s
WHERE h.prepaid AND l.tenant = h.tenant AND l.settled_at >= to_timestamp(h.at / 1000) AND l.settled_at < to_timestamp(h.at / 1000 + 3600)
    AND (s.hours_done OR l.in_tenant_hours OR l.id <= s.hours_filled_to);

UPDATE ledger l SET prepaid = true FROM usage_state s
WHERE l.tenant IN (SELECT b.tenant FROM prepaid_before b)
    AND NOT s.hours_done AND l.in_tenant_hours IS NULL AND (s.hours_filled_to IS NULL OR l.id > s.hours_filled_to);

ALTER TABLE ledger ENABLE TRIGGER ledger_no_change;

DROP TABLE billing_prepaid;

-- The function is put together from what differs between the tables, once plainly and once carefully. Each table's rows are written in the order of their keys,
-- and the tables in one order, so that two who insert never wait for each other in a circle; the rows that all share come last, to be held for the least time.
DO $make$
DECLARE
    hour    text := 'floor(extract(epoch FROM settled_at) / 3600)::bigint * 3600000';
    day     text := 'floor(extract(epoch FROM settled_at) / 86400)::bigint * 86400000';
    month   text := '(extract(epoch FROM date_trunc(''month'', settled_at AT TIME ZONE ''UTC'')) * 1000)::bigint';
    amounts text[] := ARRAY[
        'input', 'cached_input', 'cache_write_short', 'cache_write_long', 'output', 'reasoning', 'audio_input', 'audio_output', 'image_input', 'tool_calls',
        'image_output', 'file_searches', 'code_sessions', 'cost', 'charged', 'overrun', 'reserved', 'cache_saved'];
    -- Table, columns of its key, how an entry is found to belong to a row, what else changes with a row.
    tables  text[][] := ARRAY[
        ['usage_tenant_hours', 'tenant, at, prepaid',
            'tenant, ' || hour || ', coalesce(prepaid, tenant IN (SELECT b.tenant FROM prepaid_before b))', ', unbilled = true'],
        ['usage_tenant_days', 'tenant, at, provider, model', 'tenant, ' || day || ', provider, model', ''],
        ['usage_months', 'tenant, at, "user", project, key, provider, model',
            'tenant, ' || month || ', coalesce(''='' || "user", ''''), coalesce(''='' || project, ''''), key, provider, model', ''],
        ['usage_tenant_months', 'at, tenant', month || ', tenant', ''],
        ['usage_hours', 'at, provider, model', hour || ', provider, model', '']];
    -- The sum of a statement's rows, and what a row's comes to: plain, then careful. A newer entry always says what caching saved; one of an older version does not.
    summed  text[] := ARRAY['usage_total(%I)', 'usage_sum(coalesce(sum(%I), 0))'];
    added   text[] := ARRAY['%1$I = %2$I.%1$I + excluded.%1$I', '%1$I = usage_sum(%2$I.%1$I::numeric + excluded.%1$I)'];
    counted text[] := ARRAY['requests', 'overruns'];
    bodies  text[] := ARRAY['', ''];
    level   text[];
    keys    text;
BEGIN
    FOR way IN 1 .. 2 LOOP
        FOREACH level SLICE 1 IN ARRAY tables LOOP
            SELECT string_agg(place::text, ', ') INTO keys FROM generate_series(1, array_length(string_to_array(level[2], ', '), 1)) AS place;
            bodies[way] := bodies[way]
                || format('INSERT INTO %s (%s, %s) ', level[1], level[2], array_to_string(counted || amounts, ', '))
                || format('SELECT %s, count(*) FILTER (WHERE adjusts IS NULL), count(*) FILTER (WHERE overrun > 0), ', level[3])
                || (SELECT string_agg(format(summed[way], amount), ', ' ORDER BY place) FROM unnest(amounts) WITH ORDINALITY AS each (amount, place))
                || format(' FROM added GROUP BY %s ORDER BY %1$s ON CONFLICT (%s) DO UPDATE SET ', keys, level[2])
                || (SELECT string_agg(format(added[way], amount, level[1]), ', ') FROM unnest(counted || amounts) AS amount) || level[4] || E';\n';
        END LOOP;
    END LOOP;
    EXECUTE format(
        E'CREATE OR REPLACE FUNCTION ledger_roll_up() RETURNS trigger LANGUAGE plpgsql AS $body$\nBEGIN\nBEGIN\n%sEXCEPTION WHEN numeric_value_out_of_range THEN\n%sEND;\nRETURN NULL;\nEND $body$',
        bodies[1], bodies[2]);
END $make$;
