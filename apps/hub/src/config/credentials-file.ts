import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { CodedError, messageOf } from '@berth/stdx'

/** Keys of an object store. */
export interface StoreCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string | undefined
}

const fileBytesMax = 64 * 1024

/**
 * Reads one profile of a file as the tools of Amazon have it: `[profile]`, then `aws_access_key_id = …` and its like. Throws
 * `invalid-argument`, which shows nothing of the file.
 */
export function readCredentialsFile(path: string, profile = 'default'): StoreCredentials {
  const section = findSection(readText(path), profile)
  if (section === undefined) throw refusal(path, `has no profile ${JSON.stringify(profile)}`)
  const values = parseEnv(section)
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = values
  if (!accessKeyId || !secretAccessKey)
    throw refusal(path, 'has no aws_access_key_id and aws_secret_access_key there')
  return { accessKeyId, secretAccessKey, sessionToken: values['aws_session_token'] || undefined }
}

function readText(path: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    if (text.length <= fileBytesMax) return text
  } catch (error) {
    throw refusal(path, messageOf(error), error)
  }
  throw refusal(path, 'is too large')
}

/** What stands between the name of a profile and that of the next. */
function findSection(text: string, profile: string): string | undefined {
  const [, ...sections] = text.split(/^[ \t]*\[/m)
  const found = sections.find((section) => section.split(']')[0]?.trim() === profile)
  return found?.slice(found.indexOf(']') + 1)
}

function refusal(path: string, state: string, cause?: unknown): CodedError {
  return new CodedError('invalid-argument', `Cannot read credentials: ${JSON.stringify(path)} ${state}`, {
    cause,
    hint: 'AWS_SHARED_CREDENTIALS_FILE names the file, AWS_PROFILE the profile in it.',
  })
}
