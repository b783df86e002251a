import { writeFileAtomic } from '@berth/stdx'
import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { CliConfig } from './cli-config.ts'
import { readConfig } from './read-config.ts'

/** Changes config.json in `folder` as it is now, which other tools share; a link stays one. */
export async function updateConfig(folder: string, change: (config: CliConfig) => CliConfig): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { folder: _, ...config } = change(readConfig(folder))
  const path = join(folder, 'config.json')
  const target = await realpath(path).catch(() => path)
  await writeFileAtomic(target, JSON.stringify(config, undefined, '\t'))
}
