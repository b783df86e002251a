import { readdir, lstat } from 'node:fs/promises'
import { join } from 'node:path'

const blockBytes = 512

/** What a tree takes on disk, in MiB; a file with several names counts once, what is mounted in it not at all. */
export async function diskUsage(directory: string): Promise<number> {
  const { dev } = await lstat(directory)
  const seen = new Set<number>()
  const measure = async (path: string): Promise<number> => {
    const stats = await lstat(path)
    if (stats.dev !== dev || seen.has(stats.ino)) return 0
    seen.add(stats.ino)
    const names = stats.isDirectory() ? await readdir(path) : []
    let bytes = stats.blocks * blockBytes
    for (const name of names) bytes += await measure(join(path, name))
    return bytes
  }
  return (await measure(directory)) / 2 ** 20
}
