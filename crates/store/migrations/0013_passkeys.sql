-- Keys of people's devices, by which they sign in without a password.
CREATE TABLE passkey (
    id              TEXT PRIMARY KEY,
    account         TEXT NOT NULL REFERENCES account (id),
    -- The domain for which it was made (it is good for no other), and its id there in base64url.
    domain          TEXT NOT NULL,
    credential      TEXT NOT NULL,
    -- What the device calls the account by: nothing of the person.
    handle          TEXT NOT NULL,
    -- The public key as whoever verifies by it keeps it, JSON.
    public_key      TEXT NOT NULL,
    -- How often it has signed, by its own count; 0 for devices that do not count.
    counter         BIGINT NOT NULL,
    -- 1: it may be copied to other devices of its owner. 1: it is.
    backup_eligible BIGINT NOT NULL,
    backed_up       BIGINT NOT NULL,
    name            TEXT NOT NULL,
    made            BIGINT NOT NULL,
    used            BIGINT,
    UNIQUE (domain, credential)
);
CREATE INDEX passkey_by_account ON passkey (account, made, id);

-- 1: begun by a passkey, which is both factors.
ALTER TABLE session ADD COLUMN passkey BIGINT NOT NULL DEFAULT 0;
