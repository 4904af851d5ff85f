-- What the caller asked of those who serve, a JSON list of the caller's words.
ALTER TABLE booking ADD COLUMN requests TEXT NOT NULL DEFAULT '[]';
