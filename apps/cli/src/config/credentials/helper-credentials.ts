import type { AuthRequest } from '@berth/api'
import { CodedError, systemCode } from '@berth/stdx'
import { spawn } from 'node:child_process'
import type { ConfigCredentials } from './config-credentials.ts'
import type { CredentialStore } from './credential-store.ts'

type Verb = 'get' | 'store' | 'erase'

interface HelperReply {
  Username?: string
  Secret?: string
}

const absent = [
  'credentials not found in native keychain',
  'no credentials server URL',
  'no credentials username',
]
/** The user name that says that the secret is a token. */
const tokenUser = '<token>'
const replyBytesMax = 1024 * 1024

/**
 * Credentials with a program `docker-credential-NAME`, which takes and gives JSON on its stdin and stdout:
 * https://github.com/docker/docker-credential-helpers#development
 */
export class HelperCredentials implements CredentialStore {
  readonly #program: string
  readonly #config: ConfigCredentials
  readonly #env: NodeJS.ProcessEnv

  constructor(name: string, config: ConfigCredentials, env: NodeJS.ProcessEnv) {
    this.#program = `docker-credential-${name}`
    this.#config = config
    this.#env = env
  }

  async get(key: string): Promise<AuthRequest | undefined> {
    const { output, isDone } = await this.#run('get', key)
    if (!isDone && absent.includes(output)) return undefined
    if (!isDone) throw failure('getting', output)
    const { Username = '', Secret = '' } = JSON.parse(output) as HelperReply
    return Username === tokenUser ? { identitytoken: Secret } : { username: Username, password: Secret }
  }

  async put(key: string, { username = '', password = '', identitytoken }: AuthRequest): Promise<void> {
    const [Username, Secret] = identitytoken ? [tokenUser, identitytoken] : [username, password]
    const { output, isDone } = await this.#run('store', JSON.stringify({ ServerURL: key, Username, Secret }))
    if (!isDone) throw failure('storing', output)
    await this.#config.note(key)
  }

  async erase(key: string): Promise<void> {
    const { output, isDone } = await this.#run('erase', key)
    if (!isDone && !absent.includes(output)) throw failure('erasing', output)
    await this.#config.erase(key)
  }

  /** Its stdout, which is also where it tells why it failed. */
  #run(verb: Verb, input: string): Promise<{ output: string; isDone: boolean }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ output: string; isDone: boolean }>()
    const child = spawn(this.#program, [verb], { env: this.#env, stdio: ['pipe', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.length > replyBytesMax) child.kill()
    })
    child.on('error', (error) => reject(this.#absence(error)))
    child.on('close', (status) => resolve({ output: output.trim(), isDone: status === 0 }))
    // It may end without reading.
    child.stdin.on('error', () => {}).end(input)
    return promise
  }

  #absence(error: Error): Error {
    if (systemCode(error) !== 'ENOENT') return error
    return new CodedError(
      'failed-precondition',
      `exec: "${this.#program}": executable file not found in $PATH`,
      {
        cause: error,
        hint: 'Install it, or take its name out of credsStore or credHelpers in config.json.',
      },
    )
  }
}

/** Helpers never put a secret into what they say of a failure. */
function failure(what: string, output: string): CodedError {
  return new CodedError('failed-precondition', `error ${what} credentials: ${output}`)
}
