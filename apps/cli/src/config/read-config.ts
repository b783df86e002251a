import { CodedError, messageOf, systemCode } from '@berth/stdx'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CliConfig } from './cli-config.ts'

/** Docker's own config.json in `folder`; an absent one is empty. Throws `invalid-argument` when it cannot be read. */
export function readConfig(folder: string): CliConfig {
  const path = join(folder, 'config.json')
  try {
    return { ...(JSON.parse(readFileSync(path, 'utf8')) as object), folder }
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return { folder }
    throw new CodedError('invalid-argument', `Error loading config file: ${path}: ${messageOf(error)}`, {
      cause: error,
      hint: `Mend ${path}, or name another folder with --config.`,
    })
  }
}
