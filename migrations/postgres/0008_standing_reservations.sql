-- Batches: reservations that no living proxy need know. Redis holds them; from these rows they are laid out again where Redis has lost them. A row is there
-- before Redis is asked, and is as far as the parts whose entries are in the ledger: see src/BudgetProxy/Distributed/README.md.
CREATE TABLE standing_reservations (
    id         uuid        NOT NULL PRIMARY KEY,
    tenant     text COLLATE "C" NOT NULL,
    shard      integer     NOT NULL,
    state      smallint    NOT NULL, -- 0 asked for, 1 open, 2 being voided
    generation bigint      NOT NULL, -- a step that was taken in an earlier life of the counters than this comes too late
    started_at timestamptz NOT NULL, -- of the counters' clock, as ends_at
    ends_at    timestamptz NOT NULL,
    next_part  integer     NOT NULL DEFAULT 0,
    call       bytea       NOT NULL, -- what is left of it, in the form that it has in Redis
    holds      bytea       NOT NULL, -- JSON: [[shape, scope, unit, slot, ends, amount left], …]
    touched_at timestamptz NOT NULL DEFAULT clock_timestamp() -- of this server's clock: when the state was last changed
);

CREATE INDEX standing_reservations_shard ON standing_reservations (shard);
CREATE INDEX standing_reservations_unfinished ON standing_reservations (touched_at) WHERE state <> 1;
CREATE INDEX standing_reservations_ends ON standing_reservations (ends_at);
