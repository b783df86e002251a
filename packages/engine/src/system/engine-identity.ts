import { writeFileAtomic, systemCode } from '@berth/stdx'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The id of a data root, made at its first use. */
export async function engineIdentity(dataDirectory: string): Promise<string> {
  const path = join(dataDirectory, 'engine-id')
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
  const id = randomUUID()
  await writeFileAtomic(path, `${id}\n`)
  return id
}
