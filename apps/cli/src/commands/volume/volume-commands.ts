import type { CommandEntry } from '../../command/command-table.ts'

export const volumeCommands: readonly CommandEntry[] = [
  {
    name: 'inspect',
    summary: 'Display detailed information on one or more volumes',
    load: () => import('./inspect.ts'),
  },
  { name: 'ls', aliases: ['list'], summary: 'List volumes', load: () => import('./ls.ts') },
  {
    name: 'prune',
    summary: 'Remove unused local volumes',
    load: () => import('./prune.ts'),
  },
]
