-- Who may use the console, what they did, and what the owner notes of callers, messages and questions.
CREATE TABLE account (
    id           TEXT PRIMARY KEY,
    -- The login as it was chosen, and in the form by which it is found.
    login        TEXT NOT NULL,
    login_key    TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    -- A PHC string of Argon2id.
    password     TEXT NOT NULL,
    -- Base32; the pending one counts once a code of it was given. The last step that was used is not taken twice.
    totp         TEXT,
    totp_pending TEXT,
    totp_step    BIGINT NOT NULL DEFAULT 0,
    -- A JSON list of hashes.
    recovery     TEXT NOT NULL DEFAULT '[]',
    -- 1: runs the installation.
    operator     BIGINT NOT NULL DEFAULT 0,
    made         BIGINT NOT NULL,
    last_seen    BIGINT
);

CREATE TABLE member (
    account TEXT NOT NULL REFERENCES account (id),
    shop    TEXT NOT NULL,
    role    TEXT NOT NULL,
    PRIMARY KEY (account, shop)
);
CREATE INDEX member_by_shop ON member (shop, account);

CREATE TABLE session (
    -- The SHA-256 of what the browser holds.
    token   TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    made    BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX session_by_account ON session (account);
CREATE INDEX session_by_end ON session (expires);

CREATE TABLE invitation (
    id      TEXT PRIMARY KEY,
    token   TEXT NOT NULL UNIQUE,
    -- None for an operator.
    shop    TEXT,
    role    TEXT NOT NULL,
    name    TEXT NOT NULL,
    made    BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX invitation_by_shop ON invitation (shop, made);

-- Wrong passwords, by login and network.
CREATE TABLE attempt (
    who   TEXT PRIMARY KEY,
    fails BIGINT NOT NULL,
    until BIGINT NOT NULL,
    last  BIGINT NOT NULL
);
CREATE INDEX attempt_by_last ON attempt (last);

CREATE TABLE audit (
    id      TEXT PRIMARY KEY,
    shop    TEXT,
    at      BIGINT NOT NULL,
    account TEXT,
    login   TEXT,
    action  TEXT NOT NULL,
    target  TEXT,
    address TEXT
);
CREATE INDEX audit_by_shop ON audit (shop, at, id);

-- Answers to requests that carried a key, so that a repeated one is answered and not carried out.
CREATE TABLE answered (
    account TEXT NOT NULL,
    key     TEXT NOT NULL,
    request TEXT NOT NULL,
    at      BIGINT NOT NULL,
    -- None while it is carried out.
    status  BIGINT,
    body    TEXT,
    PRIMARY KEY (account, key)
);
CREATE INDEX answered_by_time ON answered (at);

-- When the owner was done with it.
ALTER TABLE message ADD COLUMN done BIGINT;
CREATE INDEX message_waiting ON message (shop, at, id) WHERE done IS NULL;
CREATE INDEX message_by_call ON message (call);

-- Whoever has called, and what is noted of them. The last call is 0 for somebody who has not called.
CREATE TABLE caller (
    shop      TEXT NOT NULL,
    phone     TEXT NOT NULL,
    last_call BIGINT NOT NULL,
    name      TEXT NOT NULL DEFAULT '',
    note      TEXT NOT NULL DEFAULT '',
    blocked   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (shop, phone)
);
INSERT INTO caller (shop, phone, last_call)
    SELECT shop, caller, MAX(started) FROM call WHERE caller IS NOT NULL GROUP BY shop, caller;
CREATE INDEX caller_by_last ON caller (shop, last_call, phone);
CREATE INDEX caller_blocked ON caller (shop, last_call, phone) WHERE blocked = 1;

-- What callers asked and nobody could answer. No reference to the call, as of a hold.
CREATE TABLE question (
    id    TEXT PRIMARY KEY,
    shop  TEXT NOT NULL,
    call  TEXT,
    text  TEXT NOT NULL,
    at    BIGINT NOT NULL,
    state TEXT NOT NULL,
    topic TEXT
);
CREATE INDEX question_by_shop ON question (shop, at, id);
CREATE INDEX question_by_state ON question (shop, state, at, id);
CREATE INDEX question_by_call ON question (call);

-- Lists of calls: by time, by caller, by what became of them. The expression stands in `calls.rs` again.
CREATE INDEX call_page ON call (shop, started, id);
CREATE INDEX call_by_caller ON call (shop, caller, started, id);
CREATE INDEX call_by_outcome ON call (shop, (CASE WHEN ending IS NULL THEN 'live'
    WHEN ending IN ('failed', 'interrupted') THEN ending WHEN answered IS NULL THEN 'missed' ELSE ending END), started, id);
CREATE INDEX booking_by_call ON booking (call);
CREATE INDEX food_order_by_call ON food_order (call);
