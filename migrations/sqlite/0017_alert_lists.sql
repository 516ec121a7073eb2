-- Lists of alerts by kind and of deliveries by state, newest first: a page costs its own rows, however many there are of others.
CREATE INDEX alerts_kind ON alerts (kind, id);
CREATE INDEX alert_deliveries_state ON alert_deliveries (state, id);
