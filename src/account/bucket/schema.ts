// The tables of an account's bucket. They are made by its first write: most accounts have none.

/**
 * What brings the tables from each form into the next, in order: the first makes those of form 1. A release adds one, and
 * changes none that was ever released.
 */
export const migrations: readonly string[] = [
  `
  -- Every object in R2 that there is, or may be: a row stands before it can be there, and goes after it.
  -- begun: its bytes are on their way; part: of an upload; content: of an object; garbage: to be deleted.
  CREATE TABLE pieces (
    key TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('begun', 'part', 'content', 'garbage')),
    -- begun: when it is given up; garbage: when it is deleted, or tried again
    until INTEGER,
    -- until when a client may have a link to store its bytes: they are not deleted for good before that
    linked INTEGER,
    -- begun and part
    upload TEXT,
    number INTEGER,
    -- part
    etag TEXT,
    modified INTEGER,
    algorithm TEXT,
    checksum TEXT,
    -- content
    content INTEGER,
    position INTEGER
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX parts ON pieces (upload, number) WHERE state = 'part';
  CREATE UNIQUE INDEX pieces_of_content ON pieces (content, position) WHERE state = 'content';
  CREATE INDEX pieces_until ON pieces (until, state) WHERE until IS NOT NULL;

  -- Bytes that objects have, and imports hold; they never change.
  CREATE TABLE contents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    algorithm TEXT,
    type TEXT,
    checksum TEXT,
    parts INTEGER
  );
  CREATE TABLE objects (
    key TEXT PRIMARY KEY,
    content INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    headers TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX objects_of_content ON objects (content);
  CREATE TABLE holds (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    content INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    since INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX holds_of_content ON holds (content);

  CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    initiated INTEGER NOT NULL,
    -- when it was created, or got its last part
    touched INTEGER NOT NULL,
    headers TEXT NOT NULL,
    algorithm TEXT,
    type TEXT
  ) WITHOUT ROWID;
  CREATE INDEX uploads_by_key ON uploads (key, id);
  CREATE INDEX uploads_by_age ON uploads (touched);
  -- Uploads that were completed, for whoever did not get the answer.
  CREATE TABLE completions (
    upload TEXT PRIMARY KEY,
    completed INTEGER NOT NULL,
    object TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX completions_by_age ON completions (completed);

  -- How much there is, kept by the triggers: nobody has to count.
  CREATE TABLE usage (bytes INTEGER NOT NULL, pieces INTEGER NOT NULL, begun INTEGER NOT NULL, objects INTEGER NOT NULL);
  INSERT INTO usage VALUES (0, 0, 0, 0);
  CREATE TRIGGER piece_came AFTER INSERT ON pieces BEGIN
    UPDATE usage SET bytes = bytes + NEW.size, pieces = pieces + 1, begun = begun + (NEW.state = 'begun');
  END;
  CREATE TRIGGER piece_went AFTER DELETE ON pieces BEGIN
    UPDATE usage SET bytes = bytes - OLD.size, pieces = pieces - 1, begun = begun - (OLD.state = 'begun');
  END;
  CREATE TRIGGER piece_turned AFTER UPDATE OF state ON pieces WHEN OLD.state = 'begun' BEGIN
    UPDATE usage SET begun = begun - (NEW.state != 'begun');
  END;
  CREATE TRIGGER object_came AFTER INSERT ON objects BEGIN
    UPDATE usage SET objects = objects + 1;
  END;
  CREATE TRIGGER object_went AFTER DELETE ON objects BEGIN
    UPDATE usage SET objects = objects - 1;
  END;
  `,
]
