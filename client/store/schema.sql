-- The device's database. `PRAGMA user_version` numbers its steps; see steps in database.py.

-- Small facts: token, person, server, epoch, cursor, versions held, when things last went well.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Where sequence numbers are minted. The id lives in the same file as the outbox: a database that was wiped takes
-- its id with it, and a number can never be used twice. A new row is made when a copy of this file was found to
-- have gone on elsewhere; only the newest row mints.
CREATE TABLE instance (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    next_seq INTEGER NOT NULL DEFAULT 1
);

-- Commands, as lines. `state` is one of sync.outbox.State. A line is only written while the command is queued.
CREATE TABLE outbox (
    instance INTEGER NOT NULL REFERENCES instance (n),
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    queued_at TEXT NOT NULL,
    sent_at TEXT,
    settled_at TEXT,
    line BLOB NOT NULL,
    result TEXT,
    PRIMARY KEY (instance, seq)
) WITHOUT ROWID;
CREATE INDEX outbox_state ON outbox (state, instance, seq);
CREATE INDEX outbox_case ON outbox (case_id);

-- What the server sent, line by line, with a few values read out of each line to list and compare by.
-- `mask`: by which of this client's scopes it is seen (bits of `scope`). `hash`: sync.digest, as signed 64 bits.
-- `generation`: of the snapshot it last came with.
CREATE TABLE record (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    mask INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    service TEXT NOT NULL,
    number TEXT,
    stage TEXT NOT NULL,
    office TEXT NOT NULL,
    district TEXT,
    due TEXT,
    title TEXT NOT NULL,
    conflicts INTEGER NOT NULL,
    line BLOB NOT NULL
);
CREATE INDEX record_number ON record (number);
CREATE INDEX record_due ON record (due);
CREATE INDEX record_digest ON record (mask, hash);

-- This client's scopes, each with a bit of `record.mask`.
CREATE TABLE scope (
    name TEXT PRIMARY KEY,
    bit INTEGER NOT NULL UNIQUE
) WITHOUT ROWID;
