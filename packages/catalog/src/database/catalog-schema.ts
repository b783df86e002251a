import type { Generated } from 'kysely'
import type { OrganizationRole } from '../organizations.ts'
import type { PlanName, TokenScope } from '../viewer.ts'
import type { CallbackState } from '../webhooks.ts'

/** The tables as kysely sees them; times are milliseconds since the epoch, flags 0 or 1. */
export interface CatalogSchema {
  hub_namespaces: NamespaceTable
  hub_retired_names: { name: string }
  hub_accounts: AccountTable
  hub_access_tokens: AccessTokenTable
  hub_sessions: SessionTable
  hub_members: MemberTable
  hub_teams: TeamTable
  hub_team_members: TeamMemberTable
  hub_team_permissions: { team_id: number; repository_id: number; level: number }
  hub_repositories: RepositoryTable
  hub_collaborators: { repository_id: number; account_id: number; level: number }
  hub_stars: { account_id: number; repository_id: number; created_at: number }
  hub_search: SearchTable
  /** One row at most: entries below this rank may not be found yet. */
  hub_search_fill: { above: number }
  hub_tag_pushes: { repository_id: number; tag: string; account: string | null; pushed_at: number }
  hub_audit: AuditTable
  hub_webhooks: WebhookTable
  hub_deliveries: DeliveryTable
  hub_build_triggers: { repository_id: number; secret: string; hash: string }
  hub_build_requests: BuildRequestTable
}

export type NamespaceKind = 'account' | 'organization' | 'library'

/** Accounts and organizations share their names; `library` is nobody's. */
interface NamespaceTable {
  id: Generated<number>
  name: string
  kind: NamespaceKind
  full_name: string
  plan: PlanName
  created_at: number
}

interface AccountTable {
  /** The namespace's. */
  id: number
  email: string
  /** PHC string format. */
  password_hash: string
  is_administrator: number
  is_disabled: number
}

interface AccessTokenTable {
  id: string
  account_id: number
  label: string
  hash: string
  scope: TokenScope
  is_active: number
  created_at: number
  expires_at: number | null
  used_at: number | null
}

interface SessionTable {
  id: string
  hash: string
  account_id: number
  token_id: string | null
  scope: TokenScope
  address: string
  client: string
  created_at: number
  /** Written from time to time. */
  used_at: number
  idle_ms: number
}

interface MemberTable {
  organization_id: number
  account_id: number
  role: OrganizationRole
}

interface TeamTable {
  id: Generated<number>
  organization_id: number
  name: string
  description: string
}

/** Who leaves the organization leaves its teams, by the foreign key. */
interface TeamMemberTable {
  team_id: number
  organization_id: number
  account_id: number
}

interface RepositoryTable {
  id: Generated<number>
  namespace_id: number
  /** With the namespace. */
  name: string
  is_private: number
  description: string
  full_description: string
  /** JSON list. */
  categories: string
  source: string | null
  star_count: Generated<number>
  pull_count: Generated<number>
  created_at: number
  updated_at: number
}

/** What search looks at, numbered so that the higher of two ranks is shown first. */
interface SearchTable {
  rank: number
  repository_id: number
  /** The name without the namespace. */
  short_name: string
  is_private: number
  /** Words of `short_name`, each with a space on both sides. */
  names: string
  /** Words of the name and the description, in the same form. */
  words: string
  /** What can be filtered by, in the same form. */
  marks: string
}

interface AuditTable {
  id: Generated<number>
  namespace_id: number
  at: number
  action: string
  actor: string | null
  address: string
  subject: string
  /** JSON object. */
  detail: string
}

interface WebhookTable {
  id: string
  repository_id: number
  name: string
  url: string
  /** As it is: deliveries are signed with it. */
  secret: string
  created_at: number
}

interface DeliveryTable {
  id: string
  webhook_id: string
  body: string
  created_at: number
  /** When it may be tried, for the first time or again. */
  due_at: number
  attempts: number
  state: 'waiting' | 'delivered' | 'failed'
  last_status: number | null
  last_error: string | null
  callback: CallbackState | null
}

interface BuildRequestTable {
  id: string
  repository_id: number
  ref: string | null
  address: string
  requested_at: number
}
