import { usualCertsDirectories } from '@berth/registry-client'
import { systemCode } from '@berth/stdx'
import { readdir } from 'node:fs/promises'
import { hubRegistry, openMirrorFile } from './mirror-file.ts'

/** A mirror where it is written down. */
export interface WrittenMirror {
  registry: string
  url: string
  file: string
}

/** Every mirror that is written down, registry by registry in the order in which each asks them. */
export async function writtenMirrors(configFile: string): Promise<WrittenMirror[]> {
  const registries = [...new Set([hubRegistry, ...(await registriesWithFolders())])]
  const lists = await Promise.all(registries.map((registry) => writtenMirrorsOf(registry, configFile)))
  return lists.flat()
}

/** Those of one registry. */
export async function writtenMirrorsOf(registry: string, configFile: string): Promise<WrittenMirror[]> {
  const { mirrors, path } = await openMirrorFile(registry, configFile)
  return mirrors.map((url) => ({ registry, url, file: path }))
}

async function registriesWithFolders(): Promise<string[]> {
  const names = await Promise.all(usualCertsDirectories.map(namesIn))
  return names
    .flat()
    .map((name) => name.replace(/_(\d+)_$/, ':$1'))
    .toSorted()
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}
