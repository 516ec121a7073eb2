-- Reservations of code that calls its provider itself: what was asked, and what is to become of it. The store of reservations holds the money.
CREATE TABLE direct_reservations (
    id         TEXT    PRIMARY KEY, -- UUIDv7, also the reservation's and its entry's
    tenant     TEXT    NOT NULL,
    state      TEXT    NOT NULL,    -- asked, held, settling, settled, voiding, voided
    repeat_key TEXT,             -- hash of the client's Idempotency-Key; NULL = it gave none
    request    TEXT    NOT NULL,    -- hash of what was asked, to know a repeat from another request
    definition TEXT    NOT NULL,    -- JSON
    answer     TEXT,             -- JSON, as it was given
    settlement TEXT,             -- JSON, from settling on
    touched_at INTEGER NOT NULL,    -- Unix milliseconds: when the state last changed
    ends_at    INTEGER NOT NULL     -- when it expires unless it is settled or voided
) WITHOUT ROWID;

CREATE UNIQUE INDEX direct_reservations_repeats ON direct_reservations (tenant, repeat_key) WHERE repeat_key IS NOT NULL;
CREATE INDEX direct_reservations_unfinished ON direct_reservations (touched_at) WHERE state IN ('asked', 'settling', 'voiding');
CREATE INDEX direct_reservations_ended ON direct_reservations (ends_at);
