-- A tenant's usage by UTC hour: what its bills are cut from. at: the first instant of the hour of settlement, Unix milliseconds. unbilled: something was added
-- since it was last looked at for billing; whatever adds to a row sets it.
CREATE TABLE usage_tenant_hours (
    tenant            TEXT    NOT NULL,
    at                INTEGER NOT NULL,
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
    unbilled          INTEGER NOT NULL,
    PRIMARY KEY (tenant, at)
) WITHOUT ROWID;

CREATE INDEX usage_tenant_hours_unbilled ON usage_tenant_hours (tenant, at) WHERE unbilled;

-- Entries that the other sums hold already are added to this table by and by, in their order, those up to the first of these done and up to the second to do; all
-- later ones as they are added to the others. Until then a tenant's hours are read from elsewhere.
ALTER TABLE usage_state ADD COLUMN hours_filled_to INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_state ADD COLUMN hours_fill_end  INTEGER NOT NULL DEFAULT 0;

UPDATE usage_state SET hours_fill_end = rolled_up_to;
