import type { CommandEntry } from '../../command/command-table.ts'

export const contextCommands: readonly CommandEntry[] = [
  { name: 'create', summary: 'Create a context', load: () => import('./create.ts') },
  {
    name: 'export',
    summary: 'Export a context to a tar archive FILE or a tar stream on STDOUT',
    load: () => import('./export.ts'),
  },
  { name: 'import', summary: 'Import a context from a tar file', load: () => import('./import.ts') },
  {
    name: 'inspect',
    summary: 'Display detailed information on one or more contexts',
    load: () => import('./inspect.ts'),
  },
  { name: 'ls', aliases: ['list'], summary: 'List contexts', load: () => import('./ls.ts') },
  {
    name: 'rm',
    aliases: ['remove'],
    summary: 'Remove one or more contexts',
    load: () => import('./rm.ts'),
  },
  { name: 'show', summary: 'Print the name of the current context', load: () => import('./show.ts') },
  { name: 'update', summary: 'Update a context', load: () => import('./update.ts') },
  { name: 'use', summary: 'Set the current context', load: () => import('./use.ts') },
]
