CREATE TABLE memos (
	key TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, version BIGINT NOT NULL,
	at BIGINT NOT NULL, ends BIGINT NOT NULL, mark TEXT NOT NULL,
	CHECK (key <> '' AND kind <> '' AND version > 0 AND ends >= 0)
);
CREATE INDEX memos_kind ON memos (kind, key);
