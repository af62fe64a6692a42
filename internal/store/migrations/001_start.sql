CREATE TABLE inbox (
	key TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, at BIGINT NOT NULL,
	settled BIGINT NOT NULL DEFAULT 0, mark TEXT NOT NULL
);
CREATE INDEX inbox_unsettled ON inbox (at, key) WHERE settled = 0;

CREATE TABLE operations (
	id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, token TEXT NOT NULL UNIQUE,
	state TEXT NOT NULL, command TEXT NOT NULL, verb TEXT NOT NULL, effect TEXT NOT NULL, typed TEXT NOT NULL,
	team TEXT NOT NULL, channel TEXT NOT NULL, thread TEXT NOT NULL,
	asker TEXT NOT NULL, person TEXT NOT NULL, closer TEXT NOT NULL,
	target TEXT NOT NULL, plan TEXT NOT NULL, decision TEXT NOT NULL, outcome TEXT,
	claim TEXT NOT NULL, sends BIGINT NOT NULL, looks BIGINT NOT NULL,
	created BIGINT NOT NULL, expires BIGINT NOT NULL, confirmed BIGINT NOT NULL,
	sent BIGINT NOT NULL, looked BIGINT NOT NULL, ended BIGINT NOT NULL,
	card TEXT NOT NULL, version BIGINT NOT NULL, shown BIGINT NOT NULL,
	CHECK (id <> '' AND key <> '' AND length(token) BETWEEN 1 AND 64),
	CHECK (state IN ('pending', 'queued', 'running', 'unknown', 'succeeded', 'failed', 'expired', 'cancelled')),
	CHECK ((ended > 0) = (state IN ('succeeded', 'failed', 'expired', 'cancelled'))),
	CHECK (version > 0 AND shown >= 0 AND sends >= 0 AND looks >= 0)
);
CREATE UNIQUE INDEX operations_running ON operations (target) WHERE state = 'running' AND target <> '';
CREATE INDEX operations_open ON operations (state, expires) WHERE ended = 0;
CREATE INDEX operations_unshown ON operations (created) WHERE shown < version;
CREATE INDEX operations_ref ON operations (substr(id, 1, 6));
CREATE INDEX operations_channel ON operations (channel, created);
CREATE INDEX operations_asker ON operations (asker, created);
CREATE INDEX operations_target ON operations (target, created);

CREATE TABLE events (
	seq {serial}, operation TEXT REFERENCES operations (id), at BIGINT NOT NULL, name TEXT NOT NULL,
	actor TEXT NOT NULL, team TEXT NOT NULL, channel TEXT NOT NULL, detail TEXT NOT NULL, mark TEXT NOT NULL,
	CHECK (name <> '')
);
CREATE INDEX events_operation ON events (operation, seq);

CREATE TABLE probe (id BIGINT PRIMARY KEY, replica TEXT NOT NULL, at BIGINT NOT NULL);
