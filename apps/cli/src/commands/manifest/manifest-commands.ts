import type { CommandEntry } from '../../command/command-table.ts'

export const manifestCommands: readonly CommandEntry[] = [
  {
    name: 'annotate',
    summary: 'Add additional information to a local image manifest',
    load: () => import('./annotate.ts'),
  },
  {
    name: 'create',
    summary: 'Create a local manifest list for annotating and pushing to a registry',
    load: () => import('./create.ts'),
  },
  {
    name: 'inspect',
    summary: 'Display an image manifest, or manifest list',
    load: () => import('./inspect.ts'),
  },
  { name: 'push', summary: 'Push a manifest list to a repository', load: () => import('./push.ts') },
  {
    name: 'rm',
    summary: 'Delete one or more manifest lists from local storage',
    load: () => import('./rm.ts'),
  },
]
