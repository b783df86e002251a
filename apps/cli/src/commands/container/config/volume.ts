import type { StringSet } from '@berth/api'
import { CodedError } from '@berth/stdx'
import { homedir } from 'node:os'
import { resolve } from 'node:path'

export interface Volumes {
  /** `source:target[:options]`. */
  binds: string[]
  /** Targets without a source: anonymous volumes. */
  anonymous: StringSet
}

/** `-v` as the client reads it: what has a source is a bind or a named volume, the rest anonymous volumes. */
export function splitVolumes(texts: readonly string[], folder: string): Volumes {
  const volumes: Volumes = { binds: [], anonymous: {} }
  for (const text of texts) {
    if (text === '') throw new CodedError('invalid-argument', 'invalid empty volume spec')
    const colon = text.indexOf(':')
    if (colon < 0) volumes.anonymous[text] = {}
    else volumes.binds.push(absoluteSource(text.slice(0, colon), folder) + text.slice(colon))
  }
  return volumes
}

/** `.`, `./x`, `../x` and `~/x` are paths of this machine; a plain name is a volume. */
function absoluteSource(source: string, folder: string): string {
  if (/^\.{1,2}(\/|$)/.test(source)) return resolve(folder, source)
  return source === '~' || source.startsWith('~/') ? homedir() + source.slice(1) : source
}
