import { byteString, mergeArchive } from '@berth/layer'
import { CodedError, systemCode } from '@berth/stdx'
import { closeSync, constants, openSync, type Stats } from 'node:fs'
import { lstat, readlink, stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { localError } from '../../../command/local-error.ts'
import { splitEntry } from './path-text.ts'
import type { CopyPlan, CopyTarget } from './plan-copy.ts'

/** Refuses a place where nothing can be put, before anything is asked of the engine. */
export async function verifyLocalTarget(path: string): Promise<void> {
  const directory = posix.dirname(posix.normalize(path).replace(/(.)\/$/, '$1'))
  if (!(await find(stat, directory)))
    throw invalid(`invalid output path: directory ${JSON.stringify(directory)} does not exist`)
  const found = await find(stat, path)
  if (found?.isCharacterDevice() || found?.isBlockDevice())
    throw invalid(
      `invalid output path: ${JSON.stringify(path)} must be a directory or a regular file: got a device`,
    )
}

const linksMax = 10

/** What is there, links at the end followed: one that leads nowhere yet is where the copy goes. */
export async function findLocalTarget(path: string): Promise<CopyTarget> {
  let place = path
  let found = await find(lstat, place)
  for (let links = 0; found?.isSymbolicLink(); links++) {
    if (links > linksMax) throw invalid(`too many symlinks in ${path}`)
    place = posix.resolve(splitEntry(place).directory, await readlink(place))
    found = await find(lstat, place)
  }
  if (found) return { path: place, type: found.isDirectory() ? 'directory' : 'other' }
  const { directory } = splitEntry(place)
  const parent = await find(stat, directory)
  if (!parent) throw invalid(`stat ${directory}: no such file or directory`)
  if (!parent.isDirectory()) throw invalid('not a directory')
  return { path: place, type: 'absent' }
}

async function find(look: (path: string) => Promise<Stats>, path: string): Promise<Stats | undefined> {
  try {
    return await look(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw localError(error, `${look === lstat ? 'lstat' : 'stat'} ${path}`)
  }
}

export interface UnpackOptions extends CopyPlan {
  /** What the members of the archive begin with. */
  root: string
  signal: AbortSignal
}

/** Unpacks what was copied; who copies it becomes its owner, and no link that comes with it is followed. */
export async function unpackHere(
  archive: AsyncIterable<Uint8Array>,
  { directory, name, root, signal }: UnpackOptions,
): Promise<void> {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await mergeArchive(archive, {
      target: { fd, path: byteString(posix.resolve(directory)) },
      owner: 'caller',
      replacesDirectories: false,
      rename: renaming(byteString(root), byteString(name)),
      signal,
    })
  } finally {
    closeSync(fd)
  }
}

/** From one beginning of a name to another; what begins otherwise, or leaves it again, was not asked for. */
function renaming(from: string, to: string): (name: string) => string {
  const isBelow = (name: string) =>
    from === '/' ? name.startsWith('/') : name === from || name.startsWith(`${from}/`)
  const kept = from === '/' ? 0 : from.length
  return (name) =>
    isBelow(name) && !name.split('/').includes('..') ? `${to}${name.slice(kept)}` : unasked(name)
}

function unasked(name: string): never {
  throw invalid(
    `Cannot unpack ${JSON.stringify(Buffer.from(name, 'latin1').toString())}: it was not asked for`,
  )
}

const invalid = (message: string): CodedError => new CodedError('invalid-argument', message)
