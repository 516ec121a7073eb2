-- The truth. Money is nano-dollars, times are whole milliseconds. Ids are UUIDv7, which begin with their instant, so a month is a range of ids: the id
-- is unique over all partitions. What is no id of a month that has a partition goes to ledger_default.
--
-- Write "user" in quotes: without them PostgreSQL reads the name of the session's own user.
-- basis: 0 estimated, 1 reported, 2 counted, 3 presumed. status: the provider's HTTP status; 0 = no answer came.
CREATE TABLE ledger (
    id                uuid        NOT NULL PRIMARY KEY,
    request_id        uuid        NOT NULL,
    adjusts           uuid,
    tenant            text COLLATE "C" NOT NULL,
    key               text COLLATE "C" NOT NULL,
    "user"            text COLLATE "C",
    project           text COLLATE "C",
    run               text COLLATE "C",
    tags              json,       -- an object; NULL = none. Not jsonb, which forgets the order in which they were given.
    provider          text COLLATE "C" NOT NULL,
    api               text COLLATE "C" NOT NULL,
    model             text COLLATE "C" NOT NULL,
    streamed          boolean     NOT NULL,
    started_at        timestamptz NOT NULL,
    input             bigint      NOT NULL,
    cached_input      bigint      NOT NULL,
    cache_write_short bigint      NOT NULL,
    cache_write_long  bigint      NOT NULL,
    output            bigint      NOT NULL,
    reasoning         bigint      NOT NULL,
    audio_input       bigint      NOT NULL,
    audio_output      bigint      NOT NULL,
    image_input       bigint      NOT NULL,
    tool_calls        bigint      NOT NULL,
    served_model      text COLLATE "C",
    rate              text COLLATE "C",
    basis             smallint    NOT NULL,
    cost              bigint      NOT NULL,
    charged           bigint      NOT NULL,
    reserved          bigint      NOT NULL,
    overrun           bigint      NOT NULL,
    status            integer     NOT NULL,
    settled_at        timestamptz NOT NULL,
    -- The entry's place in its tenant's history of counters: which life of the counters, and which step of it.
    generation        bigint      NOT NULL,
    sequence          bigint      NOT NULL
) PARTITION BY RANGE (id);

CREATE TABLE ledger_default PARTITION OF ledger DEFAULT;

-- Each ends as the pages that are read by it are ordered, so that a page costs its own rows and no more.
CREATE INDEX ledger_started ON ledger (tenant, started_at);
CREATE INDEX ledger_settled ON ledger (tenant, settled_at, generation, sequence, id);
CREATE INDEX ledger_place ON ledger (tenant, generation, sequence, id);
CREATE INDEX ledger_order ON ledger (settled_at, generation, sequence, id);
CREATE INDEX ledger_adjusts ON ledger (adjusts) WHERE adjusts IS NOT NULL;

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
END $$;

-- Every partition gets the trigger on rows from its parent; the one on TRUNCATE each must be given itself.
CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger_default FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

-- The first id of a millisecond.
CREATE FUNCTION ledger_first_id(milliseconds bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT rpad(lpad(to_hex(milliseconds), 12, '0'), 32, '0')::uuid
$$;

-- Makes the partition of a UTC month; answers its name, or NULL where it was there, or has no room, or a long reader of ledger_default is in the way: the
-- next try may succeed, and until then entries go to ledger_default. Ids of the month that stand there already stay there, since nothing is ever moved
-- or deleted: the partition then begins with the millisecond after the last of them.
CREATE FUNCTION ledger_add_month(month date) RETURNS text LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
    partition text := 'ledger_' || to_char(month, 'YYYY_MM');
    starts    bigint := extract(epoch FROM date_trunc('month', month::timestamp)) * 1000;
    ends      bigint := extract(epoch FROM date_trunc('month', month::timestamp) + interval '1 month') * 1000;
    last      uuid;
BEGIN
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN NULL;
    END IF;

    -- In this order writers, who take the parent first, can't be waited for in a circle; and what is then in ledger_default is all there is.
    LOCK TABLE ONLY ledger IN SHARE UPDATE EXCLUSIVE MODE;
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    LOCK TABLE ledger_default IN ACCESS EXCLUSIVE MODE;
    SELECT id INTO last FROM ledger_default
    WHERE id >= ledger_first_id(starts) AND id < ledger_first_id(ends) ORDER BY id DESC LIMIT 1;
    IF last IS NOT NULL THEN
        starts := ('x' || left(replace(last::text, '-', ''), 12))::bit(48)::bigint + 1;
    END IF;
    IF starts >= ends THEN
        RETURN NULL;
    END IF;

    EXECUTE format('CREATE TABLE %I (LIKE ledger)', partition);
    EXECUTE format('CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()', partition);
    EXECUTE format(
        'ALTER TABLE ledger ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, ledger_first_id(starts), ledger_first_id(ends));
    RETURN partition;
EXCEPTION
    WHEN lock_not_available THEN
        RAISE WARNING 'no partition % yet: another session holds ledger or ledger_default', partition;
        RETURN NULL;
END $$;
