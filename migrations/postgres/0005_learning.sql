-- What was learned from the providers' own counts, of all proxies together: ratios and histograms, no text.
CREATE TABLE learned (
    provider text   NOT NULL,
    model    text   NOT NULL,
    tenant   text   NOT NULL, -- '' = all tenants' together
    version  bigint NOT NULL, -- higher with each change of any row
    part     bytea  NOT NULL,
    PRIMARY KEY (tenant, provider, model)
);

CREATE INDEX learned_version ON learned (version);
