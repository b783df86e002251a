import { CodedError } from '@berth/stdx'
import type { Io } from '../../command/io.ts'
import { hubKey } from '../../config/credentials/registry-key.ts'
import { readLine } from '../../terminal/read-line.ts'
import { readSecret } from '../../terminal/read-secret.ts'

export interface KnownCredentials {
  username: string
  password: string
  key: string
  /** Taken when the answer is empty. */
  lastUsername: string
}

/** There is no login by browser: accounts without a password have a token made there instead. */
const hubIntroduction = `Log in with your Docker ID or email address, and a password or Personal Access Token (PAT).
Accounts with single sign-on or a second factor need a token: https://app.docker.com/settings/personal-access-tokens

`

/** Asks on the terminal for what is not known. Throws where there is none to ask on. */
export async function promptCredentials(
  known: KnownCredentials,
  io: Io,
): Promise<{ username: string; password: string }> {
  const isComplete = known.username.trim() !== '' && known.password.trim() !== ''
  if (!isComplete && !io.stdin.isTTY) {
    throw new CodedError(
      'failed-precondition',
      'Error: Cannot perform an interactive login from a non TTY device',
      {
        hint: 'Give --username and --password-stdin.',
      },
    )
  }
  const username = known.username.trim() || (await askUsername(known, io))
  const password = known.password.trim() || (await askPassword(io))
  return { username, password }
}

async function askUsername({ key, lastUsername }: KnownCredentials, io: Io): Promise<string> {
  if (key === hubKey) io.stdout.write(hubIntroduction)
  io.stdout.write(lastUsername === '' ? 'Username: ' : `Username (${lastUsername}): `)
  const username = ((await readLine(io.stdin)) ?? '').trim() || lastUsername
  if (username === '') throw new CodedError('invalid-argument', 'error: username is required')
  return username
}

async function askPassword(io: Io): Promise<string> {
  const password = (await readSecret(io.stdin, io.stdout, 'Password: ')).trim()
  if (password === '') throw new CodedError('invalid-argument', 'error: password is required')
  return password
}
