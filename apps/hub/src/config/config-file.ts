import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { CodedError, messageOf } from '@berth/stdx'
import { flagsOfDocument, parseFlags, type GivenFlags } from './flags.ts'

/** Settings of a file. */
export interface ConfigFile {
  path: string
  flags: GivenFlags
}

export const noConfigFile: ConfigFile = { path: '', flags: {} }

/** Reads the file that `--config` or BERTH_HUB_CONFIG names, YAML or JSON; throws `invalid-argument`. */
export async function readConfigFile(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<ConfigFile> {
  const { values } = parseFlags(argv)
  const path = values.config ?? environment['BERTH_HUB_CONFIG']
  // Who asks for help may have a file that is wrong.
  if (path === undefined || path === '' || values.help) return noConfigFile
  return { path, flags: flagsOfDocument(await readDocument(path), path) }
}

async function readDocument(path: string): Promise<unknown> {
  try {
    const text = await readFile(path, 'utf8')
    // Loaded when it is wanted: it takes memory.
    const { parseDocument } = await import('./parse-document.ts')
    return parseDocument(text)
  } catch (error) {
    throw new CodedError('invalid-argument', `Cannot read ${path}: ${messageOf(error)}`, { cause: error })
  }
}

/** A configuration file with every setting, commented out. */
export function readExampleConfig(): Promise<string> {
  return readFile(fileURLToPath(import.meta.resolve('@berth/hub/example-config.yaml')), 'utf8')
}
