-- What of the line or of a shop is or was out of order: as the line doctor found it, or as somebody of the shop said.
CREATE TABLE incident (
    id          TEXT PRIMARY KEY,
    -- Whose it is; NULL is the whole house's: the line is shared by all shops.
    shop        TEXT,
    -- 'doctor' or 'shop', and who of the shop began it.
    source      TEXT NOT NULL,
    begun_by    TEXT,
    -- A code: a label of the line doctor's, or a kind of incident.
    cause       TEXT NOT NULL,
    -- What it is about ('host', 'uplink', 'trunk', 'names', 'shop') and its name.
    subject     TEXT NOT NULL,
    name        TEXT NOT NULL,
    -- Area code of the callers whom it concerns; empty if all or unknown.
    region      TEXT NOT NULL,
    -- Codes, with commas between.
    consequence TEXT NOT NULL,
    -- In thousandths.
    confidence  BIGINT NOT NULL,
    -- The kind of which callers are told; NULL if they are not.
    announced   TEXT,
    -- What callers are told beside it: a bank account.
    account     TEXT,
    began       BIGINT NOT NULL,
    -- When it ends by itself, if somebody set that.
    ends        BIGINT,
    ended       BIGINT,
    -- JSON: the verdict with its findings.
    evidence    TEXT NOT NULL
);
CREATE INDEX incident_by_shop ON incident (shop, began);
CREATE INDEX incident_open ON incident (ended);
