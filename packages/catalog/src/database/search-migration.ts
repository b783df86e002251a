import type { SqlMigration } from '@berth/sql'

/** PostgreSQL finds words by their beginnings of up to so many letters; of longer ones the rest is compared. */
export const beginningMax = 12

/** Where `fillSearch` is: what was there already is filled in as far down as this says. */
const fill = (integer: string) => `
  CREATE TABLE hub_search_fill (above ${integer} NOT NULL);
  INSERT INTO hub_search_fill SELECT max(rank) + 1 FROM hub_search HAVING count(*) > 0;
`

/** The public entries in full-text tables of their own, whose rowid is the rank. */
const sqlite = `
  CREATE VIRTUAL TABLE hub_search_public USING fts5 (
    names, words, marks, content = '', contentless_delete = 1, prefix = '2 3 4', tokenize = 'unicode61'
  );
  CREATE TRIGGER hub_search_added AFTER INSERT ON hub_search WHEN NEW.is_private = 0 BEGIN
    INSERT INTO hub_search_public (rowid, names, words, marks)
      VALUES (NEW.rank, NEW.names, NEW.words, NEW.marks);
  END;
  CREATE TRIGGER hub_search_removed AFTER DELETE ON hub_search BEGIN
    DELETE FROM hub_search_public WHERE rowid = OLD.rank;
    DELETE FROM hub_search_terms WHERE rowid = OLD.rank;
  END;
  ${fill('INTEGER')}
`

/**
 * A row for each public entry and each beginning of its words, in the order in which search shows them. How often the
 * common terms occur is to be known: it says how two of them are joined.
 */
const postgres = `
  CREATE TABLE hub_search_postings (
    term TEXT COLLATE "C" NOT NULL,
    rank BIGINT NOT NULL,
    PRIMARY KEY (term, rank)
  );
  ALTER TABLE hub_search_postings ALTER COLUMN term SET STATISTICS 1000;
  CREATE FUNCTION hub_search_beginnings(field TEXT, words TEXT) RETURNS SETOF TEXT IMMUTABLE LANGUAGE sql AS $$
    SELECT field || left(word, length)
    FROM unnest(string_to_array(trim(words), ' ')) AS word,
      generate_series(least(2, length(word)), least(length(word), ${beginningMax})) AS length
  $$;
  CREATE FUNCTION hub_search_terms_of(names TEXT, words TEXT, marks TEXT) RETURNS SETOF TEXT IMMUTABLE LANGUAGE sql AS $$
    SELECT hub_search_beginnings('n.', names)
    UNION SELECT hub_search_beginnings('w.', words)
    UNION SELECT 'm.' || mark FROM unnest(string_to_array(trim(marks), ' ')) AS mark
  $$;
  CREATE FUNCTION hub_search_set_terms() RETURNS TRIGGER LANGUAGE plpgsql AS $$
    BEGIN
      NEW.terms := array_to_tsvector(ARRAY(
        SELECT 'n.' || word FROM unnest(string_to_array(trim(NEW.names), ' ')) AS word
        UNION ALL SELECT 'w.' || word FROM unnest(string_to_array(trim(NEW.words), ' ')) AS word
        UNION ALL SELECT 'm.' || mark FROM unnest(string_to_array(trim(NEW.marks), ' ')) AS mark
      ));
      RETURN NEW;
    END
  $$;
  CREATE FUNCTION hub_search_add_postings() RETURNS TRIGGER LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO hub_search_postings (term, rank)
        SELECT hub_search_terms_of(names, words, marks), rank FROM added WHERE is_private = 0
        ON CONFLICT DO NOTHING;
      RETURN NULL;
    END
  $$;
  CREATE FUNCTION hub_search_remove_postings() RETURNS TRIGGER LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM hub_search_postings AS posting
        USING (SELECT hub_search_terms_of(names, words, marks) AS term, rank FROM removed) AS gone
        WHERE posting.term = gone.term AND posting.rank = gone.rank;
      RETURN NULL;
    END
  $$;
  CREATE TRIGGER hub_search_terms BEFORE INSERT ON hub_search
    FOR EACH ROW WHEN (NEW.terms IS NULL) EXECUTE FUNCTION hub_search_set_terms();
  CREATE TRIGGER hub_search_added AFTER INSERT ON hub_search
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION hub_search_add_postings();
  CREATE TRIGGER hub_search_removed AFTER DELETE ON hub_search
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION hub_search_remove_postings();
  ${fill('BIGINT')}
`

/**
 * What is searched is kept by triggers on `hub_search`, so that what a program of before writes is found as well. Such a
 * program goes on reading `hub_search_terms`, or on PostgreSQL the column `terms`.
 */
export const searchMigration: SqlMigration = { sqlite, postgres }
