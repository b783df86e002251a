import { mkdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packTar, type TarMember } from '../tar/pack-tar.ts'
import { writeLayer, type WriteLayerOptions, type WrittenLayer } from '../write-layer.ts'

/** Packs members into `directory/source.tar` and writes them as a layer into `directory/<format>`. */
export async function writeMembers(
  directory: string,
  members: readonly TarMember[],
  options: Partial<WriteLayerOptions> = {},
): Promise<WrittenLayer & { path: string }> {
  const source = join(directory, 'source.tar')
  await writeFile(source, packTar(members))
  const format = options.format ?? 'erofs'
  const path = join(directory, format)
  mkdirSync(path)
  return { ...(await writeLayer({ source, compression: 'none', directory: path, ...options, format })), path }
}
