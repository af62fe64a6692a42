CREATE INDEX operations_ended ON operations ((CASE WHEN ended = 0 THEN 9223372036854775807 ELSE ended END), created) WHERE sends > 0;
