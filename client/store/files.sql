-- Step 2: photos and documents. The bytes are files in a folder beside this database (blobs.py), named by their hash;
-- here stands what is known of them.

-- Bytes that are on this device, as long as an upload or something fetched refers to them.
CREATE TABLE file (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    type TEXT NOT NULL
) WITHOUT ROWID;

-- Files that this device has to send: one row for each attachment that was made here. `url`: of an upload that has
-- begun; `sent`: bytes that the server said it has. `trouble`: why it is not there, as JSON; with `refused` the server
-- will not take it. `tries`: how often its bytes came to the server as others. `arrived_at`: the server's time at
-- which a record here first said that it has arrived.
CREATE TABLE upload (
    attachment TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    document TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    size INTEGER NOT NULL,
    queued_at TEXT NOT NULL,
    url TEXT,
    sent INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    trouble TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    arrived_at TEXT
) WITHOUT ROWID;
CREATE INDEX upload_case ON upload (case_id);
CREATE INDEX upload_file ON upload (sha256);

-- What was fetched: originals and thumbnails, by the attachment they are of. They go when its record goes.
CREATE TABLE fetched (
    attachment TEXT NOT NULL,
    what TEXT NOT NULL,
    case_id TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES file (sha256),
    fetched_at TEXT NOT NULL,
    PRIMARY KEY (attachment, what)
) WITHOUT ROWID;
CREATE INDEX fetched_case ON fetched (case_id);
CREATE INDEX fetched_file ON fetched (sha256);
