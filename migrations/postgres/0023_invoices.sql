-- What providers billed, as their own exports of costs say. Money is in nano-dollars; a day is its first instant of UTC, Unix milliseconds.
CREATE TABLE invoices (
    id          text   NOT NULL PRIMARY KEY, -- made of the file's hash, so that a file is imported once
    provider    text   NOT NULL,
    imported_at bigint NOT NULL,             -- Unix milliseconds
    imported_by text   NOT NULL,             -- the admin key's id
    from_day    bigint NOT NULL,
    to_day      bigint NOT NULL,             -- the last one that it covers
    rows        bigint NOT NULL,
    cost        bigint NOT NULL
);

CREATE TABLE invoice_lines (
    invoice text   NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
    day     bigint NOT NULL,
    item    text   NOT NULL, -- what was billed, in the provider's words
    cost    bigint NOT NULL,
    PRIMARY KEY (invoice, day, item)
);
