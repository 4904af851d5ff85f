-- News that readers follow. A feed is fetched once for a shop, whoever of its readers follows it; each shop fetches for itself.
CREATE TABLE news_following (
    shop    TEXT NOT NULL,
    reader  TEXT NOT NULL,
    address TEXT NOT NULL,
    name    TEXT NOT NULL,
    made    BIGINT NOT NULL,
    PRIMARY KEY (shop, reader, address)
);

-- When a feed was last asked for, and what its server wants to hear the next time (RFC 9110 §8.8).
CREATE TABLE news_feed (
    shop     TEXT NOT NULL,
    address  TEXT NOT NULL,
    tried    BIGINT NOT NULL,
    etag     TEXT,
    modified TEXT,
    fault    TEXT,
    PRIMARY KEY (shop, address)
);

-- What a feed told of, with the text of its page. `part` counts the stories of one page.
CREATE TABLE news_item (
    shop      TEXT NOT NULL,
    feed      TEXT NOT NULL,
    link      TEXT NOT NULL,
    part      BIGINT NOT NULL,
    title     TEXT NOT NULL,
    source    TEXT NOT NULL,
    body      TEXT NOT NULL,
    published BIGINT,
    seen      BIGINT NOT NULL,
    PRIMARY KEY (shop, feed, link, part)
);
CREATE INDEX news_item_seen ON news_item (shop, seen);

-- What a reader likes to read, as `biseo-news` keeps it. `revision` counts the changes, so that none is lost.
CREATE TABLE news_topics (
    shop     TEXT NOT NULL,
    reader   TEXT NOT NULL,
    topics   TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (shop, reader)
);
