CREATE INDEX operations_created ON operations (created);
