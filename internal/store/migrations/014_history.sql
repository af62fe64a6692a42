CREATE INDEX operations_undone ON operations (channel, state, created) WHERE ended > 0 AND state <> 'succeeded';
CREATE INDEX operations_undone_target ON operations (target, state, created) WHERE ended > 0 AND state <> 'succeeded';
