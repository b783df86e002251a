import type { AuthRequest, AuthResponse } from '@berth/api'
import { login, type EngineClient } from '@berth/client'
import { CodedError, isCoded, messageOf } from '@berth/stdx'
import { defineCommand, type Arguments } from '../../command/command.ts'
import { stringFlag, switchFlag } from '../../command/flag.ts'
import type { Io } from '../../command/io.ts'
import { openCredentialStore } from '../../config/credentials/open-credential-store.ts'
import { registryKey } from '../../config/credentials/registry-key.ts'
import { loginFlagValues } from './login-flag-values.ts'
import { promptCredentials } from './prompt-credentials.ts'

export const definition = defineCommand({
  usage: '[OPTIONS] [SERVER]',
  positional: { min: 0, max: 1 },
  flags: {
    password: stringFlag('Password or Personal Access Token (PAT)', { shorthand: 'p' }),
    'password-stdin': switchFlag('Take the Password or Personal Access Token (PAT) from stdin'),
    username: stringFlag('Username', { shorthand: 'u' }),
  },
})

export async function run(client: EngineClient, args: Arguments<typeof definition>, io: Io): Promise<void> {
  const key = registryKey(args.positional[0] ?? '')
  const given = await loginFlagValues(args, io)
  const isAsked = given.username === '' && given.password === ''
  const stored = isAsked ? await storedCredentials(key, io) : undefined
  const status = stored && (await tryStored(client, { ...stored, serveraddress: key }, io))
  if (status !== undefined) return finish(status, io)
  const { username, password } = await promptCredentials(
    { ...given, key, lastUsername: stored?.username ?? '' },
    io,
  )
  finish(await signIn(client, { username, password, serveraddress: key }, io), io)
}

/** By the engine, which may be nearer to the registry; from here where none is. */
async function tryLogin(client: EngineClient, auth: AuthRequest, io: Io): Promise<AuthResponse> {
  try {
    return await login(client, auth)
  } catch (error) {
    if (!isCoded(error, 'unavailable') || (await isThere(client))) throw error
    const { loginFromHere } = await import('../../registry/login-from-here.ts')
    return await loginFromHere(auth, io)
  }
}

async function isThere(client: EngineClient): Promise<boolean> {
  return await client.ping().then(
    () => true,
    () => false,
  )
}

function finish(status: string, io: Io): void {
  if (status !== '') io.stdout.write(`${status}\n`)
}

/** Those that can be tried again: a token alone cannot. */
async function storedCredentials(key: string, io: Io): Promise<AuthRequest | undefined> {
  const stored = await openCredentialStore(io, key)
    .get(key)
    .catch(() => undefined)
  return stored?.username && stored.password ? stored : undefined
}

/** Signs in with what is stored; undefined when that is no longer good. */
async function tryStored(client: EngineClient, auth: AuthRequest, io: Io): Promise<string | undefined> {
  io.stderr.write(
    `Authenticating with existing credentials... [Username: ${auth.username}]\n\n` +
      " Info -> To login with a different account, run 'berth logout' followed by 'berth login'\n\n\n",
  )
  try {
    return await signIn(client, auth, io)
  } catch (error) {
    io.stderr.write(
      isCoded(error, 'unauthorized')
        ? 'Stored credentials invalid or expired\n'
        : `Login did not succeed, error: ${messageOf(error)}\n`,
    )
    return undefined
  }
}

/** Lets the registry try the credentials and keeps them, or the token that it gave for them. */
async function signIn(client: EngineClient, auth: AuthRequest, io: Io): Promise<string> {
  const { Status, IdentityToken } = await tryLogin(client, auth, io)
  const { serveraddress: key = '', username = '', password = '' } = auth
  const kept = IdentityToken ? { username, identitytoken: IdentityToken } : { username, password }
  await openCredentialStore(io, key)
    .put(key, kept)
    .catch((error: unknown) => {
      throw new CodedError('failed-precondition', `Error saving credentials: ${messageOf(error)}`, {
        cause: error,
      })
    })
  return Status
}
