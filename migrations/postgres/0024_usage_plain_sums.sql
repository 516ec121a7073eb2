-- The same sums as before, added up in plain 64-bit arithmetic, which costs much less than numeric. Only where that overflows a statement's sums are made again,
-- cut to what 64 bits hold, since one absurd usage must not keep entries out of the ledger.
CREATE AGGREGATE usage_total (bigint) (SFUNC = int8pl, STYPE = bigint, INITCOND = '0');

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
        ['usage_tenant_hours', 'tenant, at', 'tenant, ' || hour, ', unbilled = true'],
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

-- It writes the hours of tenants too.
DROP TRIGGER ledger_added_to_tenant_hours ON ledger;
DROP FUNCTION ledger_add_to_tenant_hours();
