import type { CommandEntry } from '../../command/command-table.ts'

export const systemCommands: readonly CommandEntry[] = [
  {
    name: 'check',
    summary: 'Read everything that the engine keeps and tell what is broken',
    load: () => import('./check.ts'),
  },
  {
    name: 'completion',
    topLevel: 'completion',
    summary: 'Print what makes a shell complete this program',
    load: () => import('./completion.ts'),
  },
  { name: 'df', summary: 'Show disk usage of the engine', load: () => import('./df.ts') },
  {
    name: 'dial-stdio',
    isHidden: true,
    summary: 'Proxy the stdio stream to the engine',
    load: () => import('./dial-stdio.ts'),
  },
  {
    name: 'doctor',
    summary: 'Check what this machine offers to containers',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'events',
    topLevel: 'events',
    summary: 'Get real time events from the engine',
    load: () => import('./events.ts'),
  },
  {
    name: 'info',
    topLevel: 'info',
    isCommon: true,
    summary: 'Display system-wide information',
    load: () => import('./info.ts'),
  },
  {
    name: 'inspect',
    topLevel: 'inspect',
    summary: 'Return low-level information on containers, images, networks and volumes',
    load: () => import('./inspect.ts'),
  },
  {
    name: 'prune',
    summary: 'Remove unused data',
    load: () => import('./prune.ts'),
  },
  {
    name: 'version',
    topLevel: 'version',
    isCommon: true,
    summary: 'Show the version information of client and engine',
    load: () => import('./version.ts'),
  },
]
