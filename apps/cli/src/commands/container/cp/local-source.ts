import { copiedMembers, packTar, walkTree, byteString } from '@berth/layer'
import { systemCode } from '@berth/stdx'
import { closeSync, constants, openSync } from 'node:fs'
import { lstat, readlink, realpath } from 'node:fs/promises'
import { posix } from 'node:path'
import { localError } from '../../../command/local-error.ts'
import { followed, hasTrailingSlash, splitEntry } from './path-text.ts'
import type { CopySource } from './plan-copy.ts'

/** What is to be copied from here; a link at the end of the path is followed only when it is asked for. */
export async function findLocalSource(path: string, followsLink: boolean): Promise<CopySource> {
  const resolved = followsLink ? followed(path, await realPath(path)) : await withoutLinksBefore(path)
  const stats = await lstat(resolved.path).catch((error: unknown) => {
    throw localError(error, `lstat ${resolved.path}`)
  })
  return { ...resolved, isDirectory: stats.isDirectory() }
}

async function withoutLinksBefore(path: string): Promise<{ path: string; name: string | undefined }> {
  const slash = path.lastIndexOf('/') + 1
  const directory = await realPath(path.slice(0, slash))
  const resolved = `${directory === '/' ? '' : directory}/${path.slice(slash)}`
  const name = posix.basename(path)
  return {
    path: resolved,
    name: hasTrailingSlash(path) && name !== posix.basename(resolved) ? name : undefined,
  }
}

async function realPath(path: string): Promise<string> {
  try {
    // A slash at the end asks for a directory; realpath(3) here does not mind it.
    if (hasTrailingSlash(path)) await lstat(path)
    return await realpath(path)
  } catch (error) {
    const isMissing = systemCode(error) === 'ENOENT'
    throw localError(error, isMissing ? `lstat ${await firstMissing(path)}` : '')
  }
}

/** The first component of a path that is not there, links on the way followed. */
async function firstMissing(path: string): Promise<string> {
  const { directory, name } = splitEntry(posix.resolve(path))
  const parent = await realpath(directory).catch(() => undefined)
  if (parent === undefined) return firstMissing(directory)
  const place = posix.join(parent, name)
  const target = await readlink(place).catch(() => undefined)
  return target === undefined ? place : firstMissing(posix.resolve(parent, target))
}

/** A tar of it, whose members begin with `name`. */
export async function* packLocalSource(
  { path, isDirectory }: CopySource,
  name: string,
): AsyncGenerator<Uint8Array> {
  const entry = splitEntry(path)
  const fd = openSync(isDirectory ? path : entry.directory, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const entersMount = () => true
    const walk = isDirectory ? { includesRoot: true } : { names: [Buffer.from(entry.name)] }
    const members = copiedMembers(walkTree(fd, { ...walk, entersMount }), {
      root: isDirectory ? '' : byteString(entry.name),
      name: byteString(name),
    })
    yield* packTar(members)
  } finally {
    closeSync(fd)
  }
}
