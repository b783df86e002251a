import { CodedError, messageOf } from '@berth/stdx'
import { readFile } from 'node:fs/promises'
import { localError } from '../../../command/local-error.ts'

export interface SecurityOptions {
  options: string[]
  /** `[]` where nothing of /proc and /sys is hidden, undefined for the engine's defaults. */
  maskedPaths: string[] | undefined
  readonlyPaths: string[] | undefined
}

/** `--security-opt`: a seccomp profile is read here and sent whole; `systempaths=unconfined` is two empty lists. */
export async function readSecurityOptions(texts: readonly string[]): Promise<SecurityOptions> {
  const isUnconfined = texts.includes('systempaths=unconfined')
  const options = await Promise.all(texts.filter((text) => text !== 'systempaths=unconfined').map(readOption))
  const paths = isUnconfined ? [] : undefined
  return { options, maskedPaths: paths, readonlyPaths: paths }
}

async function readOption(text: string): Promise<string> {
  const [key = '', value] = text.split(text.includes('=') ? /=(.*)/s : /:(.*)/s, 2)
  if (value === undefined && key !== 'no-new-privileges') {
    throw new CodedError('invalid-argument', `Invalid --security-opt: ${JSON.stringify(text)}`)
  }
  const isProfile = key === 'seccomp' && value !== undefined && value !== 'unconfined' && value !== 'builtin'
  return isProfile ? `seccomp=${await readProfile(value)}` : text
}

async function readProfile(path: string): Promise<string> {
  try {
    return JSON.stringify(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const why = messageOf(localError(error, `open ${path}`))
    throw new CodedError('invalid-argument', `opening seccomp profile (${path}) failed: ${why}`, {
      cause: error,
    })
  }
}
