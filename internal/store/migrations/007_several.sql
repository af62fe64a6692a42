ALTER TABLE operations ADD COLUMN member_of TEXT NOT NULL DEFAULT '';
CREATE INDEX operations_members ON operations (member_of, id) WHERE member_of <> '';
