CREATE INDEX memos_live ON memos (kind, (CASE WHEN ends = 0 THEN 9223372036854775807 ELSE ends END));
CREATE INDEX operations_open_channel ON operations (channel, created) WHERE ended = 0;
CREATE INDEX operations_open_target ON operations (target, created) WHERE ended = 0;
CREATE INDEX operations_looks ON operations (looks) WHERE state = 'unknown';
CREATE INDEX operations_acted ON operations (target, (CASE WHEN ended = 0 THEN 9223372036854775807 ELSE ended END)) WHERE sends > 0;
