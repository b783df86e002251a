import { declareForBoth, type SqlDialect, type SqlMigration } from '@berth/sql'
import { searchMigration } from './search-migration.ts'

const people = ({ lastingId, integer, text, end }: SqlDialect) => `
  CREATE TABLE hub_namespaces (
    id ${lastingId},
    name ${text} NOT NULL UNIQUE,
    kind ${text} NOT NULL,
    full_name ${text} NOT NULL,
    plan ${text} NOT NULL,
    created_at ${integer} NOT NULL
  )${end};
  INSERT INTO hub_namespaces (name, kind, full_name, plan, created_at)
    VALUES ('library', 'library', 'Official images', 'business', 0);
  CREATE TABLE hub_retired_names (name ${text} NOT NULL PRIMARY KEY)${end};
  CREATE TABLE hub_accounts (
    id ${integer} NOT NULL PRIMARY KEY REFERENCES hub_namespaces (id) ON DELETE CASCADE,
    email ${text} NOT NULL UNIQUE,
    password_hash ${text} NOT NULL,
    is_administrator ${integer} NOT NULL,
    is_disabled ${integer} NOT NULL
  )${end};
  CREATE TABLE hub_access_tokens (
    id ${text} NOT NULL PRIMARY KEY,
    account_id ${integer} NOT NULL REFERENCES hub_accounts (id) ON DELETE CASCADE,
    label ${text} NOT NULL,
    hash ${text} NOT NULL UNIQUE,
    scope ${text} NOT NULL,
    is_active ${integer} NOT NULL,
    created_at ${integer} NOT NULL,
    expires_at ${integer},
    used_at ${integer}
  )${end};
  CREATE INDEX hub_access_tokens_by_account ON hub_access_tokens (account_id);
  CREATE TABLE hub_sessions (
    id ${text} NOT NULL PRIMARY KEY,
    hash ${text} NOT NULL UNIQUE,
    account_id ${integer} NOT NULL REFERENCES hub_accounts (id) ON DELETE CASCADE,
    token_id ${text} REFERENCES hub_access_tokens (id) ON DELETE CASCADE,
    scope ${text} NOT NULL,
    address ${text} NOT NULL,
    client ${text} NOT NULL,
    created_at ${integer} NOT NULL,
    used_at ${integer} NOT NULL,
    idle_ms ${integer} NOT NULL
  )${end};
  CREATE INDEX hub_sessions_by_account ON hub_sessions (account_id);
  CREATE INDEX hub_sessions_by_token ON hub_sessions (token_id);
  CREATE TABLE hub_members (
    organization_id ${integer} NOT NULL REFERENCES hub_namespaces (id) ON DELETE CASCADE,
    account_id ${integer} NOT NULL REFERENCES hub_accounts (id) ON DELETE CASCADE,
    role ${text} NOT NULL,
    PRIMARY KEY (organization_id, account_id)
  )${end};
  CREATE INDEX hub_members_by_account ON hub_members (account_id);
  CREATE TABLE hub_teams (
    id ${lastingId},
    organization_id ${integer} NOT NULL REFERENCES hub_namespaces (id) ON DELETE CASCADE,
    name ${text} NOT NULL,
    description ${text} NOT NULL,
    UNIQUE (organization_id, name)
  )${end};
  CREATE TABLE hub_team_members (
    team_id ${integer} NOT NULL REFERENCES hub_teams (id) ON DELETE CASCADE,
    organization_id ${integer} NOT NULL,
    account_id ${integer} NOT NULL,
    PRIMARY KEY (team_id, account_id),
    FOREIGN KEY (organization_id, account_id) REFERENCES hub_members (organization_id, account_id)
      ON DELETE CASCADE
  )${end};
  CREATE INDEX hub_team_members_by_account ON hub_team_members (account_id, team_id);
`

const repositories = ({ lastingId, integer, text, end }: SqlDialect) => `
  CREATE TABLE hub_repositories (
    id ${lastingId},
    namespace_id ${integer} NOT NULL REFERENCES hub_namespaces (id) ON DELETE CASCADE,
    name ${text} NOT NULL UNIQUE,
    is_private ${integer} NOT NULL,
    description ${text} NOT NULL,
    full_description ${text} NOT NULL,
    categories ${text} NOT NULL,
    source ${text},
    star_count ${integer} NOT NULL DEFAULT 0,
    pull_count ${integer} NOT NULL DEFAULT 0,
    created_at ${integer} NOT NULL,
    updated_at ${integer} NOT NULL
  )${end};
  CREATE INDEX hub_repositories_by_namespace ON hub_repositories (namespace_id, name);
  CREATE TABLE hub_deleted_repositories (
    name ${text} NOT NULL PRIMARY KEY,
    deleted_at ${integer} NOT NULL
  )${end};
  CREATE TABLE hub_collaborators (
    repository_id ${integer} NOT NULL REFERENCES hub_repositories (id) ON DELETE CASCADE,
    account_id ${integer} NOT NULL REFERENCES hub_accounts (id) ON DELETE CASCADE,
    level ${integer} NOT NULL CHECK (level BETWEEN 1 AND 3),
    PRIMARY KEY (repository_id, account_id)
  )${end};
  CREATE INDEX hub_collaborators_by_account ON hub_collaborators (account_id, repository_id);
  CREATE TABLE hub_team_permissions (
    team_id ${integer} NOT NULL REFERENCES hub_teams (id) ON DELETE CASCADE,
    repository_id ${integer} NOT NULL REFERENCES hub_repositories (id) ON DELETE CASCADE,
    level ${integer} NOT NULL CHECK (level BETWEEN 1 AND 3),
    PRIMARY KEY (team_id, repository_id)
  )${end};
  CREATE INDEX hub_team_permissions_by_repository ON hub_team_permissions (repository_id, team_id);
  CREATE TABLE hub_stars (
    account_id ${integer} NOT NULL REFERENCES hub_accounts (id) ON DELETE CASCADE,
    repository_id ${integer} NOT NULL REFERENCES hub_repositories (id) ON DELETE CASCADE,
    created_at ${integer} NOT NULL,
    PRIMARY KEY (account_id, repository_id)
  )${end};
  CREATE INDEX hub_stars_by_repository ON hub_stars (repository_id);
  CREATE TABLE hub_tag_pushes (
    repository_id ${integer} NOT NULL REFERENCES hub_repositories (id) ON DELETE CASCADE,
    tag ${text} NOT NULL,
    account ${text},
    pushed_at ${integer} NOT NULL,
    PRIMARY KEY (repository_id, tag)
  )${end};
  CREATE TABLE hub_search (
    rank ${integer} NOT NULL PRIMARY KEY,
    repository_id ${integer} NOT NULL UNIQUE REFERENCES hub_repositories (id) ON DELETE CASCADE,
    short_name ${text} NOT NULL,
    is_private ${integer} NOT NULL,
    names ${text} NOT NULL,
    words ${text} NOT NULL,
    marks ${text} NOT NULL
  )${end};
  CREATE INDEX hub_search_by_short_name ON hub_search (short_name, rank);
`

const events = ({ lastingId, integer, text, end }: SqlDialect) => `
  CREATE TABLE hub_audit (
    id ${lastingId},
    namespace_id ${integer} NOT NULL REFERENCES hub_namespaces (id) ON DELETE CASCADE,
    at ${integer} NOT NULL,
    action ${text} NOT NULL,
    actor ${text},
    address ${text} NOT NULL,
    subject ${text} NOT NULL,
    detail ${text} NOT NULL
  )${end};
  CREATE INDEX hub_audit_by_namespace ON hub_audit (namespace_id, at);
  CREATE INDEX hub_audit_by_time ON hub_audit (at);
  CREATE TABLE hub_webhooks (
    id ${text} NOT NULL PRIMARY KEY,
    repository_id ${integer} NOT NULL REFERENCES hub_repositories (id) ON DELETE CASCADE,
    name ${text} NOT NULL,
    url ${text} NOT NULL,
    secret ${text} NOT NULL,
    created_at ${integer} NOT NULL,
    UNIQUE (repository_id, name)
  )${end};
  CREATE TABLE hub_deliveries (
    id ${text} NOT NULL PRIMARY KEY,
    webhook_id ${text} NOT NULL REFERENCES hub_webhooks (id) ON DELETE CASCADE,
    body ${text} NOT NULL,
    created_at ${integer} NOT NULL,
    due_at ${integer} NOT NULL,
    attempts ${integer} NOT NULL DEFAULT 0,
    state ${text} NOT NULL DEFAULT 'waiting',
    last_status ${integer},
    last_error ${text}
  )${end};
  CREATE INDEX hub_deliveries_due ON hub_deliveries (due_at) WHERE state = 'waiting';
  CREATE INDEX hub_deliveries_by_webhook ON hub_deliveries (webhook_id, created_at);
  CREATE TABLE hub_build_triggers (
    repository_id ${integer} NOT NULL PRIMARY KEY REFERENCES hub_repositories (id) ON DELETE CASCADE,
    secret ${text} NOT NULL,
    hash ${text} NOT NULL UNIQUE
  )${end};
  CREATE TABLE hub_build_requests (
    id ${text} NOT NULL PRIMARY KEY,
    repository_id ${integer} NOT NULL REFERENCES hub_repositories (id) ON DELETE CASCADE,
    ref ${text},
    address ${text} NOT NULL,
    requested_at ${integer} NOT NULL
  )${end};
  CREATE INDEX hub_build_requests_by_repository ON hub_build_requests (repository_id, requested_at);
`

/** Terms of `hub_search`: in SQLite a table without content whose rowid is the rank, in PostgreSQL a column. */
const terms: SqlMigration = {
  sqlite: `
    CREATE VIRTUAL TABLE hub_search_terms USING fts5 (
      names, words, marks, content = '', contentless_delete = 1, prefix = '2 3 4', tokenize = 'unicode61'
    );
  `,
  postgres: `
    ALTER TABLE hub_search ADD COLUMN terms TSVECTOR;
    CREATE INDEX hub_search_by_terms ON hub_search USING GIN (terms) WITH (fastupdate = off);
  `,
}

const tables = declareForBoth((dialect) =>
  [people, repositories, events].map((declare) => declare(dialect)).join(''),
)

const callbacks = declareForBoth(({ text }) => `ALTER TABLE hub_deliveries ADD COLUMN callback ${text};`)

export const catalogMigrations: readonly SqlMigration[] = [
  { sqlite: tables.sqlite + terms.sqlite, postgres: tables.postgres + terms.postgres },
  callbacks,
  // This step renamed a table, which programs of before do not survive; it is not read any more.
  { sqlite: '', postgres: '' },
  searchMigration,
]
