-- What was learned from the providers' own counts: ratios and histograms, no text.
CREATE TABLE learned (
    provider TEXT    NOT NULL,
    model    TEXT    NOT NULL,
    tenant   TEXT    NOT NULL, -- '' = all tenants' together
    version  INTEGER NOT NULL, -- higher with each change of any row
    part     BLOB    NOT NULL,
    PRIMARY KEY (tenant, provider, model)
) WITHOUT ROWID;

CREATE INDEX learned_version ON learned (version);
