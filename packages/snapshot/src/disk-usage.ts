import { closeSync, constants } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { systemCode } from '@berth/stdx'
import { atFdCwd, resolveFlags, type Kernel } from '@berth/syscalls'

/** Bytes of a block in `stat`, whatever the file system's own are (stat(2)). */
const statBlockBytes = 512

/** Failures of a tree that its container changes meanwhile, or has made deeper than a path can be long. */
const passed = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EXDEV'])

/** Bytes and inodes that a tree takes on disk, its root not counted. Links that a container puts in the way are not followed. */
export async function diskUsage(
  kernel: Pick<Kernel, 'openat2'>,
  root: string,
): Promise<{ sizeBytes: number; inodes: number }> {
  const seen = new Set<number>()
  let sizeBytes = 0
  const pending: Uint8Array[] = [Buffer.from('.')]
  const tree = kernel.openat2(atFdCwd, root, { flags: constants.O_DIRECTORY, resolve: 0 })
  try {
    for (let directory = pending.pop(); directory; directory = pending.pop()) {
      for await (const entry of entriesOf(kernel, tree, directory)) {
        if (seen.has(entry.inode)) continue
        seen.add(entry.inode)
        sizeBytes += entry.sizeBytes
        if (entry.isDirectory) pending.push(entry.path)
      }
    }
  } finally {
    closeSync(tree)
  }
  return { sizeBytes, inodes: seen.size }
}

interface Entry {
  /** From the root of the tree. */
  path: Uint8Array
  inode: number
  sizeBytes: number
  isDirectory: boolean
}

async function* entriesOf(
  kernel: Pick<Kernel, 'openat2'>,
  tree: number,
  directory: Uint8Array,
): AsyncGenerator<Entry> {
  const slash = Buffer.from('/')
  const descriptor = openInside(kernel, tree, directory)
  if (descriptor === undefined) return
  try {
    const here = Buffer.from(`/proc/self/fd/${descriptor}`)
    // The types know names as text only, also with this encoding.
    for await (const { name } of await opendir(here.toString(), { encoding: 'buffer' as BufferEncoding })) {
      const bytes = name as unknown as Uint8Array
      const stats = await passing(() => lstat(Buffer.concat([here, slash, bytes])))
      if (!stats) continue
      yield {
        path: Buffer.concat([directory, slash, bytes]),
        inode: stats.ino,
        sizeBytes: stats.blocks * statBlockBytes,
        isDirectory: stats.isDirectory(),
      }
    }
  } finally {
    closeSync(descriptor)
  }
}

function openInside(kernel: Pick<Kernel, 'openat2'>, tree: number, path: Uint8Array): number | undefined {
  const resolve = resolveFlags.beneath | resolveFlags.noSymlinks | resolveFlags.noXdev
  try {
    return kernel.openat2(tree, path, { flags: constants.O_DIRECTORY, resolve })
  } catch (error) {
    if (passed.has(systemCode(error) ?? '')) return undefined
    throw error
  }
}

async function passing<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    if (passed.has(systemCode(error) ?? '')) return undefined
    throw error
  }
}
