import type { ByteString, TarEntry } from '../tar/tar-entry.ts'
import { refused } from './node-of-entry.ts'

export type WhiteoutMark = { type: 'opaque' } | { type: 'ignored' } | { type: 'whiteout'; name: ByteString }

const prefix = '.wh.'
const opaque = '.wh..wh..opq'
/** AUFS kept its own files under such names; old images hold them. */
const metadataPrefix = '.wh..wh.'

/** What a member's clean path says of lower layers, or undefined when it is an ordinary member. */
export function parseWhiteout(path: ByteString, entry: TarEntry): WhiteoutMark | undefined {
  if (!path.includes(prefix)) return undefined
  const components = path.split('/')
  const base = components.at(-1) ?? ''
  if (base === opaque) return { type: 'opaque' }
  if (components.some((component) => component.startsWith(metadataPrefix))) return { type: 'ignored' }
  if (!base.startsWith(prefix)) return undefined
  const name = base.slice(prefix.length)
  if (name === '' || name === '.' || name === '..') throw refused(entry, 'it is a whiteout of no name')
  return { type: 'whiteout', name }
}
