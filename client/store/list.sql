-- Step 3: what a list shows of a case without opening it. `opened`: whether an officer has looked at it. `touched`: when
-- something last happened to it, by the server's time.
ALTER TABLE record ADD COLUMN opened INTEGER NOT NULL DEFAULT 0;
ALTER TABLE record ADD COLUMN touched TEXT NOT NULL DEFAULT '';
UPDATE record SET
    opened = json_extract(CAST(line AS TEXT), '$.opened') IS NOT NULL,
    touched = coalesce(
        json_extract(CAST(line AS TEXT), '$.steps[#-1].at'),
        json_extract(CAST(line AS TEXT), '$.received'),
        json_extract(CAST(line AS TEXT), '$.created'),
        ''
    )
WHERE type = 'case' AND json_valid(CAST(line AS TEXT));

-- All that a list shows, beside the lines and not among them: thousands of rows are read without a line being decrypted.
CREATE INDEX record_list ON record (
    type, due, id, service, number, stage, office, district, title, opened, conflicts, mask, touched
);
