-- ASP.NET Data Protection's keys, which the dashboard's session cookies are encrypted with: shared, so that any proxy can read what another wrote.
CREATE TABLE key_ring (
    name    text NOT NULL PRIMARY KEY, -- the key's own id
    element text NOT NULL              -- XML, as the framework writes it
);
