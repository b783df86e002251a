import type { CommandEntry } from '../../command/command-table.ts'

export const imageCommands: readonly CommandEntry[] = [
  {
    name: 'copy',
    summary: 'Copy an image between registries, archives and layouts, without keeping it',
    load: () => import('./copy.ts'),
  },
  {
    name: 'history',
    topLevel: 'history',
    summary: 'Show the history of an image',
    load: () => import('./history.ts'),
  },
  {
    name: 'import',
    topLevel: 'import',
    summary: 'Import the contents from a tarball to create a filesystem image',
    load: () => import('./import.ts'),
  },
  {
    name: 'inspect',
    summary: 'Display detailed information on one or more images',
    load: () => import('./inspect.ts'),
  },
  {
    name: 'load',
    topLevel: 'load',
    summary: 'Load an image from a tar archive or STDIN',
    load: () => import('./load.ts'),
  },
  {
    name: 'ls',
    aliases: ['list'],
    topLevel: 'images',
    isCommon: true,
    summary: 'List images',
    load: () => import('./ls.ts'),
  },
  {
    name: 'prune',
    summary: 'Remove unused images',
    load: () => import('./prune.ts'),
  },
  {
    name: 'pull',
    topLevel: 'pull',
    isCommon: true,
    summary: 'Download an image from a registry',
    load: () => import('./pull.ts'),
  },
  {
    name: 'push',
    topLevel: 'push',
    isCommon: true,
    summary: 'Upload an image to a registry',
    load: () => import('./push.ts'),
  },
  {
    name: 'rm',
    aliases: ['remove', 'rmi'],
    topLevel: 'rmi',
    summary: 'Remove one or more images',
    load: () => import('./rm.ts'),
  },
  {
    name: 'save',
    topLevel: 'save',
    summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
    load: () => import('./save.ts'),
  },
  {
    name: 'tag',
    topLevel: 'tag',
    summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
    load: () => import('./tag.ts'),
  },
]
