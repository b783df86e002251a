import type { CommandEntry } from '../../command/command-table.ts'

export const mirrorCommands: readonly CommandEntry[] = [
  { name: 'add', summary: 'Add mirrors to those of a registry', load: () => import('./add.ts') },
  {
    name: 'ls',
    aliases: ['list'],
    summary: 'List mirrors in the order in which they are asked',
    load: () => import('./ls.ts'),
  },
  { name: 'rm', aliases: ['remove'], summary: 'Remove mirrors of a registry', load: () => import('./rm.ts') },
  { name: 'set', summary: 'Replace the mirrors of a registry', load: () => import('./set.ts') },
  {
    name: 'test',
    summary: 'Measure mirrors and the registry, and tell which is the fastest',
    load: () => import('./test.ts'),
  },
]
