CREATE INDEX operations_over ON operations (channel, created, id) WHERE ended > 0 AND length(member_of) = 0;
CREATE INDEX operations_asked ON operations (channel, asker, created) WHERE ended > 0;
CREATE INDEX operations_asked_target ON operations (target, asker, created) WHERE ended > 0;
CREATE INDEX operations_recordings ON operations (channel, created) WHERE ended > 0 AND substr(command, 1, 7) = 'record ';
