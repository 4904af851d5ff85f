-- Who left a message, if it was told.
ALTER TABLE message ADD COLUMN name TEXT;
