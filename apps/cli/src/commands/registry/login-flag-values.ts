import { CodedError, readBounded } from '@berth/stdx'
import type { Io } from '../../command/io.ts'

/** No password is longer. */
const passwordBytesMax = 1024 * 1024

interface LoginArguments {
  flags: { username: string; password: string; 'password-stdin': boolean }
  /** Flags that were named. */
  given: ReadonlySet<string>
}

/** What the command line says of user and password, the latter perhaps on stdin; '' is nothing. */
export async function loginFlagValues(
  { flags, given }: LoginArguments,
  io: Io,
): Promise<{ username: string; password: string }> {
  const { username, password, 'password-stdin': isFromStdin } = flags
  if (given.has('password') && isFromStdin)
    throw invalid('conflicting options: cannot specify both --password and --password-stdin')
  if (given.has('username') && username === '') throw invalid('username is empty')
  if (given.has('password') && password === '') throw invalid('password is empty')
  if (given.has('password'))
    io.stderr.write('WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n')
  if (!isFromStdin) return { username, password }
  if (username === '') throw invalid('the --password-stdin option requires --username to be set')
  const text = Buffer.from(await readBounded(io.stdin, passwordBytesMax, 'the password')).toString()
  return { username, password: text.replace(/\r?\n$/, '') }
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message)
}
