-- The first look at Stripe's sums that did not find a bucket which should be in them, or may be; NULL = none, or a later one did. A second, half an hour later, is the proof.
ALTER TABLE billing_buckets ADD COLUMN missing_at INTEGER;

-- A tenant's buckets of a day, by Stripe's time.
CREATE INDEX billing_buckets_tenant_stamp ON billing_buckets (tenant, meter, coalesce(stamp, hour));

-- Ids that buckets had before, of which their identifiers were made: Stripe may name one later. bucket: the next one, which can be an old one too by now.
CREATE TABLE billing_old_ids (
    id     TEXT PRIMARY KEY,
    bucket TEXT NOT NULL
) WITHOUT ROWID;

INSERT OR IGNORE INTO billing_old_ids (id, bucket)
SELECT lower(substr(identifier, 5, 8) || '-' || substr(identifier, 13, 4) || '-' || substr(identifier, 17, 4) || '-' || substr(identifier, 21, 4) || '-' || substr(identifier, 25, 12)), bucket
FROM stripe_rejects WHERE bucket IS NOT NULL AND identifier LIKE 'bp1:________________________________%';
