import type { CommandEntry } from '../../command/command-table.ts'

export const networkCommands: readonly CommandEntry[] = [
  {
    name: 'inspect',
    summary: 'Display detailed information on one or more networks',
    load: () => import('./inspect.ts'),
  },
  { name: 'ls', aliases: ['list'], summary: 'List networks', load: () => import('./ls.ts') },
  {
    name: 'prune',
    summary: 'Remove all unused networks',
    load: () => import('./prune.ts'),
  },
]
