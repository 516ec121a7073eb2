-- ASP.NET Data Protection's keys, which the dashboard's session cookies are encrypted with.
CREATE TABLE key_ring (
    name    TEXT NOT NULL PRIMARY KEY, -- the key's own id
    element TEXT NOT NULL              -- XML, as the framework writes it
) WITHOUT ROWID;
