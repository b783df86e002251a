import type { startFurnishedHub } from './furnished-hub.ts'

type FurnishedHub = Awaited<ReturnType<typeof startFurnishedHub>>

export interface PageCase {
  /** As in the hub's list of routes. */
  route: string
  path: string
  /** Undefined: a stranger. */
  who: 'ada' | 'keeper' | undefined
}

/** Every page, each by somebody who sees the most of it, and those for strangers. */
export function everyPage({ digest, webhookId }: FurnishedHub): PageCase[] {
  return [
    ...strangersPages(digest),
    ...pagesOf('ada', {
      '/': '/',
      '/repositories': '/repositories',
      '/starred': '/starred',
      '/new': '/new',
      '/r/_': '/r/ada/web',
      '/r/_/-/tags': '/r/ada/web/-/tags',
      '/r/_/-/tags/:tag': '/r/ada/web/-/tags/latest',
      '/r/_/-/settings': '/r/ada/web/-/settings',
      '/r/_/-/collaborators': '/r/ada/web/-/collaborators',
      '/r/_/-/webhooks': '/r/ada/web/-/webhooks',
      '/r/_/-/webhooks/:id': `/r/ada/web/-/webhooks/${webhookId}`,
      '/r/_/-/builds': '/r/ada/web/-/builds',
      '/settings': '/settings',
      '/settings/password': '/settings/password',
      '/settings/tokens': '/settings/tokens',
      '/settings/sessions': '/settings/sessions',
      '/settings/audit': '/settings/audit',
      '/settings/delete': '/settings/delete',
      '/orgs': '/orgs',
      '/orgs/:organization': '/orgs/harbour',
      '/orgs/:organization/members': '/orgs/harbour/members',
      '/orgs/:organization/teams': '/orgs/harbour/teams',
      '/orgs/:organization/teams/:team': '/orgs/harbour/teams/pilots',
      '/orgs/:organization/settings': '/orgs/harbour/settings',
      '/orgs/:organization/audit': '/orgs/harbour/audit',
    }),
    ...pagesOf('keeper', { '/admin/accounts': '/admin/accounts', '/r/_': '/r/library/busybox' }),
  ]
}

function strangersPages(digest: string): PageCase[] {
  return [
    ...pagesOf(undefined, {
      '/': '/',
      '/search': '/search?q=web',
      '/u/:namespace': '/u/ada',
      '/signin': '/signin',
      '/signup': '/signup',
      '/r/_': '/r/ada/web',
      '/r/_/-/tags': '/r/ada/web/-/tags',
      '/r/_/-/tags/:tag': '/r/ada/web/-/tags/latest',
      '/r/_/-/images/:digest': `/r/ada/web/-/images/${digest}`,
    }),
    { route: '/search', path: '/search?q=nothing-like-it', who: undefined },
    { route: '/r/_', path: '/r/ada/nothing', who: undefined },
  ]
}

function pagesOf(who: PageCase['who'], byRoute: Record<string, string>): PageCase[] {
  return Object.entries(byRoute).map(([route, path]) => ({ route, path, who }))
}
