import type { CommandEntry } from '../../command/command-table.ts'

/** They have no group: a registry is not a thing of the engine's. */
export const registryCommands: readonly CommandEntry[] = [
  {
    name: 'login',
    topLevel: 'login',
    summary: 'Authenticate to a registry',
    load: () => import('./login.ts'),
  },
  {
    name: 'logout',
    topLevel: 'logout',
    summary: 'Log out from a registry',
    load: () => import('./logout.ts'),
  },
  {
    name: 'search',
    topLevel: 'search',
    summary: 'Search a registry for images',
    load: () => import('./search.ts'),
  },
]
