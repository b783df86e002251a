import type { Digest } from '@berth/oci'

/** Where every page lies. A repository's name may have slashes; `-`, which no name can have, ends it. */
export const paths = {
  home: () => '/',
  search: (query: URLSearchParams | string = '') => withQuery('/search', query),
  signIn: (next?: string) => withQuery('/signin', next === undefined ? '' : new URLSearchParams({ next })),
  signUp: () => '/signup',
  signOut: () => '/signout',
  theme: () => '/theme',

  repositories: () => '/repositories',
  newRepository: (namespace?: string) =>
    withQuery('/new', namespace === undefined ? '' : new URLSearchParams({ namespace })),
  starred: () => '/starred',
  namespace: (name: string) => `/u/${encodeURIComponent(name)}`,

  repository: (name: string) => `/r/${encodeName(name)}`,
  repositoryPart: (name: string, part: RepositoryPart) => `/r/${encodeName(name)}/-/${part}`,
  tag: (name: string, tag: string) => `/r/${encodeName(name)}/-/tags/${encodeURIComponent(tag)}`,
  deleteTag: (name: string, tag: string) => `/r/${encodeName(name)}/-/tags/${encodeURIComponent(tag)}/delete`,
  image: (name: string, digest: Digest) => `/r/${encodeName(name)}/-/images/${digest}`,
  webhook: (name: string, id: string) => `/r/${encodeName(name)}/-/webhooks/${encodeURIComponent(id)}`,
  deleteWebhook: (name: string, id: string) =>
    `/r/${encodeName(name)}/-/webhooks/${encodeURIComponent(id)}/delete`,

  settings: (part?: SettingsPart) => (part === undefined ? '/settings' : `/settings/${part}`),
  token: (id: string, verb: 'update' | 'delete') => `/settings/tokens/${encodeURIComponent(id)}/${verb}`,

  organizations: () => '/orgs',
  organization: (name: string, part?: OrganizationPart) =>
    `/orgs/${encodeURIComponent(name)}${part === undefined ? '' : `/${part}`}`,
  team: (name: string, team: string, verb?: 'add' | 'remove' | 'delete') =>
    `/orgs/${encodeURIComponent(name)}/teams/${encodeURIComponent(team)}${verb === undefined ? '' : `/${verb}`}`,

  accounts: () => '/admin/accounts',
  account: (name: string, verb: AccountVerb) => `/admin/accounts/${encodeURIComponent(name)}/${verb}`,
}

export type RepositoryPart =
  | 'tags'
  | 'star'
  | 'settings'
  | 'visibility'
  | 'delete'
  | 'collaborators'
  | 'webhooks'
  | 'builds'

export type AccountVerb = 'plan' | 'state' | 'role'
export type SettingsPart = 'password' | 'tokens' | 'sessions' | 'audit' | 'delete'
export type OrganizationPart = 'members' | 'teams' | 'settings' | 'audit' | 'delete'

function encodeName(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/')
}

function withQuery(path: string, query: URLSearchParams | string): string {
  const text = String(query)
  return text === '' ? path : `${path}?${text}`
}
