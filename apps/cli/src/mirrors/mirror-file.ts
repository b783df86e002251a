import {
  hostsFilePaths,
  hostsIn,
  parseMirror,
  usualCertsDirectories,
  withHosts,
} from '@berth/registry-client'
import { CodedError, isCoded } from '@berth/stdx'
import { textsIn } from '../json-text/texts-in.ts'
import { withMember } from '../json-text/with-member.ts'
import { readConfigurationFile, type ConfigurationFile } from './configuration-file.ts'

/** Where the mirrors of one registry are written down, and how they are changed there. */
export interface MirrorFile extends ConfigurationFile {
  /** In their order, without slashes at the end. */
  mirrors: readonly string[]
  /** The text with others. */
  withMirrors: (urls: readonly string[]) => string
  /** An engine reads it only when it is told to. */
  isReadOnce: boolean
}

export const hubRegistry = 'docker.io'
const mirrorsKey = 'registry-mirrors'

/** Docker Hub's mirrors are in daemon.json, those of any other registry in a hosts.toml; throws for a file that is broken. */
export async function openMirrorFile(registry: string, configFile: string): Promise<MirrorFile> {
  const hosts = inHostsFile(await findHostsFile(registry))
  // Of a hosts.toml with hosts for Docker Hub, too: daemon.json counts only without one.
  const isInHostsFile = registry !== hubRegistry || hosts.mirrors.length > 0
  return isInHostsFile ? hosts : inDaemonFile(await readConfigurationFile(configFile))
}

/** The first hosts.toml that there is for the registry, else where one belongs. */
async function findHostsFile(registry: string): Promise<ConfigurationFile> {
  const files = await Promise.all(
    hostsFilePaths(registry, usualCertsDirectories).map((path) => readConfigurationFile(path)),
  )
  const found = files.find(({ text }) => text !== undefined) ?? files[0]
  if (!found) throw new CodedError('internal', 'Cannot look for hosts.toml: no folder is known')
  return found
}

function inHostsFile(file: ConfigurationFile): MirrorFile {
  const text = file.text ?? ''
  const mirrors = located('read', file.path, () => hostsIn(text).map(({ url }) => url))
  return {
    ...file,
    mirrors,
    withMirrors: (urls) => located('change', file.path, () => withHosts(text, urls)),
    isReadOnce: false,
  }
}

function inDaemonFile(file: ConfigurationFile): MirrorFile {
  const text = (file.text ?? '').replace(/^\uFEFF/, '')
  return {
    ...file,
    mirrors: located('read', file.path, () => textsIn(text, mirrorsKey).map(bareMirror)),
    withMirrors: (urls) => located('change', file.path, () => withMember(text, mirrorsKey, urls)),
    isReadOnce: true,
  }
}

/** The URL of a mirror as it is compared and written; throws `invalid-argument` in the engine's words. */
export const bareMirror = (text: string): string => parseMirror(text).href.replace(/\/+$/, '')

function located<T>(verb: string, path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!isCoded(error)) throw error
    throw new CodedError('failed-precondition', `Cannot ${verb} ${path}: ${error.message}`, {
      cause: error,
      hint: error.hint ?? 'Mend the file first; it is as it was.',
    })
  }
}
