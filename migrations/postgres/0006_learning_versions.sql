-- The last version given to a row of what was learned: it goes on though the row is deleted with its tenant.
CREATE TABLE learned_versions (
    last bigint NOT NULL
);

INSERT INTO learned_versions (last) SELECT coalesce(max(version), 0) FROM learned;
