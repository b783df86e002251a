import { isDigest } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { archiveNames, type DockerIndexEntry } from './archive-names.ts'

const imagesMax = 1000

/** Parses `manifest.json`; throws `invalid-argument`. The names in it are data: look them up, never open them. */
export function parseDockerIndex(bytes: Uint8Array): DockerIndexEntry[] {
  const value = parseJson(bytes)
  if (!Array.isArray(value)) throw invalid('not a list')
  if (value.length > imagesMax) throw invalid(`more than ${imagesMax} images`)
  return value.map(entryOf)
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    throw invalid('not JSON', error)
  }
}

function entryOf(value: unknown): DockerIndexEntry {
  if (typeof value !== 'object' || value === null) throw invalid('an entry is not an object')
  const {
    Config,
    RepoTags = null,
    Layers,
    Parent,
  } = value as Partial<Record<keyof DockerIndexEntry, unknown>>
  if (typeof Config !== 'string' || Config === '') throw invalid('an entry names no config')
  if (RepoTags !== null && !isTexts(RepoTags)) throw invalid('RepoTags is not a list of texts')
  if (Layers !== null && !isTexts(Layers)) throw invalid('Layers is not a list of texts')
  return { Config, RepoTags, Layers: Layers ?? [], ...parentOf(Parent) }
}

function parentOf(parent: unknown): Pick<DockerIndexEntry, 'Parent'> {
  if (parent === undefined || parent === '') return {}
  if (typeof parent !== 'string' || !isDigest(parent)) throw invalid('Parent is not an image id')
  return { Parent: parent }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string')

const invalid = (state: string, cause?: unknown): CodedError =>
  new CodedError('invalid-argument', `Cannot parse ${archiveNames.dockerIndex}: ${state}`, { cause })
