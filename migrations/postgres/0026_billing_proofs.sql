-- The first look at Stripe's sums that did not find a bucket which should be in them, or may be; NULL = none, or a later one did. A second, half an hour later, is the proof.
ALTER TABLE billing_buckets ADD COLUMN missing_at bigint;

-- A tenant's buckets of a day, by Stripe's time.
CREATE INDEX billing_buckets_tenant_stamp ON billing_buckets (tenant, meter, (coalesce(stamp, hour)));

-- Ids that buckets had before, of which their identifiers were made: Stripe may name one later. bucket: the next one, which can be an old one too by now.
CREATE TABLE billing_old_ids (
    id     uuid PRIMARY KEY,
    bucket uuid NOT NULL
);

INSERT INTO billing_old_ids (id, bucket)
SELECT substr(identifier, 5, 32)::uuid, bucket FROM stripe_rejects WHERE bucket IS NOT NULL AND identifier ~ '^bp1:[0-9a-f]{32}'
ON CONFLICT DO NOTHING;
