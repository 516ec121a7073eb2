-- Whether a call is paid from prepaid credit is fixed when it is reserved, and kept with its entry; a tenant's hours are kept apart by it, and those that were
-- paid before are never looked at for billing. What stands here already is told apart by what was, or would have been, decided by the plan at the cut.
ALTER TABLE ledger ADD COLUMN prepaid INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reservations ADD COLUMN prepaid INTEGER; -- NULL = reserved by a version that did not keep it

-- Tenants on a prepaid plan when entries began to keep it: what was reserved before, and is booked later, is prepaid where it is theirs.
CREATE TABLE prepaid_before (
    tenant TEXT PRIMARY KEY
) WITHOUT ROWID;

INSERT INTO prepaid_before SELECT t.id FROM tenants t JOIN plans p ON p.id = t.plan WHERE p.billing = 'prepaid';

CREATE TABLE usage_tenant_hours_apart (
    tenant            TEXT    NOT NULL,
    at                INTEGER NOT NULL,
    prepaid           INTEGER NOT NULL,
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
    unbilled          INTEGER NOT NULL, -- says nothing where prepaid
    PRIMARY KEY (tenant, at, prepaid)
) WITHOUT ROWID;

-- Hours that anything of was cut as prepaid, and of tenants on a prepaid plan those of which no bucket was made or that have changed since. An hour that is mixed
-- becomes prepaid as a whole, so that nothing of it is billed a second time: its buckets stay, and what of it was not cut yet is not billed at all.
INSERT INTO usage_tenant_hours_apart
SELECT
    tenant, at,
    (tenant, at) IN (SELECT tenant, hour FROM billing_prepaid)
        OR (tenant IN (SELECT tenant FROM prepaid_before)
            AND (unbilled OR (tenant, at) NOT IN (SELECT b.tenant, b.hour FROM billing_buckets b WHERE b.tenant IN (SELECT tenant FROM prepaid_before)))),
    requests, input, cached_input, cache_write_short, cache_write_long, output, reasoning, audio_input, audio_output, image_input, tool_calls, image_output,
    file_searches, code_sessions, cost, charged, overrun, reserved, overruns, cache_saved, unbilled
FROM usage_tenant_hours;

DROP TABLE usage_tenant_hours;
ALTER TABLE usage_tenant_hours_apart RENAME TO usage_tenant_hours;
CREATE INDEX usage_tenant_hours_unbilled ON usage_tenant_hours (tenant, at) WHERE unbilled AND NOT prepaid;

-- The column is new, so nothing that was booked changes.
DROP TRIGGER ledger_no_update;

-- The entries of those hours, as far as they are in them; of tenants on a prepaid plan also those that are still to be added.
UPDATE ledger SET prepaid = 1
WHERE tenant IN (SELECT tenant FROM usage_tenant_hours WHERE prepaid)
    AND EXISTS (
        SELECT 1 FROM usage_tenant_hours h WHERE h.tenant = ledger.tenant AND h.at = ledger.settled_at - (ledger.settled_at % 3600000) AND h.prepaid)
    AND seq <= (SELECT rolled_up_to FROM usage_state)
    AND NOT (seq > (SELECT hours_filled_to FROM usage_state) AND seq <= (SELECT hours_fill_end FROM usage_state));

UPDATE ledger SET prepaid = 1
WHERE tenant IN (SELECT tenant FROM prepaid_before)
    AND (seq > (SELECT rolled_up_to FROM usage_state)
        OR (seq > (SELECT hours_filled_to FROM usage_state) AND seq <= (SELECT hours_fill_end FROM usage_state)));

CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

DROP TABLE billing_prepaid;
