import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findContractions } from './find-contractions.ts'

test('findContractions() finds what a program of before may not survive', () => {
  const contractions = [
    'DROP TABLE things',
    'DROP INDEX things_by_name',
    'ALTER TABLE things RENAME TO others',
    'ALTER TABLE things\n  RENAME COLUMN a TO b',
    'ALTER TABLE things DROP COLUMN a',
    'ALTER TABLE things ALTER COLUMN a TYPE BIGINT',
    'ALTER TABLE things ALTER COLUMN a SET NOT NULL',
    'ALTER TABLE things ADD CONSTRAINT positive CHECK (a > 0)',
    'ALTER TABLE things ADD COLUMN b TEXT NOT NULL',
    'DELETE FROM things',
    'CREATE UNIQUE INDEX things_by_name ON things (name)',
  ]
  for (const statement of contractions) {
    const found = findContractions([
      { sqlite: 'CREATE TABLE x (y TEXT);', postgres: `CREATE TABLE x (y TEXT); ${statement};` },
    ])
    assert.deepEqual(found, [statement.replaceAll(/\s+/g, ' ')])
    const marked = { sqlite: statement, postgres: statement, contractsSince: '0.3' }
    assert.deepEqual(findContractions([marked]), [])
  }
})

test('findContractions() lets pass what only adds', () => {
  const additions = `
    CREATE TABLE x (y TEXT NOT NULL, UNIQUE (y));
    ALTER TABLE x ADD COLUMN z INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE x ADD COLUMN w TEXT;
    CREATE INDEX x_by_z ON x (z);
    INSERT INTO x SELECT name FROM things;
    UPDATE x SET z = 1;
    CREATE TRIGGER x_gone AFTER DELETE ON x BEGIN DELETE FROM things WHERE name = OLD.y; END;
    CREATE FUNCTION f() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN DELETE FROM things; RETURN NULL; END $$;
  `
  assert.deepEqual(findContractions([{ sqlite: additions, postgres: additions }]), [])
})
