import type { AuthRequest } from '@berth/api'
import { CodedError, systemCode } from '@berth/stdx'
import { spawn } from 'node:child_process'
import type { ConfigCredentials } from './config-credentials.ts'
import type { CredentialStore } from './credential-store.ts'

type Verb = 'get' | 'store' | 'erase'

interface Answer {
  /** Its stdout, which is also where it tells why it failed. */
  output: string
  /** `exit status 1`; undefined when it did what it was asked. */
  failure: string | undefined
}

const absent = [
  'credentials not found in native keychain',
  'no credentials server URL',
  'no credentials username',
]
/** The user name that says that the secret is a token. */
const tokenUser = '<token>'
const replyBytesMax = 1024 * 1024
/** As much is shown of what it says of a failure. */
const toldLengthMax = 500

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
    const answer = await this.#run('get', key)
    if (answer.failure === undefined) return this.#credentialsIn(answer.output)
    if (absent.includes(answer.output)) return undefined
    throw failed('getting', answer)
  }

  async put(key: string, { username = '', password = '', identitytoken }: AuthRequest): Promise<void> {
    const [Username, Secret] = identitytoken ? [tokenUser, identitytoken] : [username, password]
    const answer = await this.#run('store', JSON.stringify({ ServerURL: key, Username, Secret }))
    if (answer.failure !== undefined) throw failed('storing', answer)
    await this.#config.note(key)
  }

  async erase(key: string): Promise<void> {
    const answer = await this.#run('erase', key)
    if (answer.failure !== undefined && !absent.includes(answer.output)) throw failed('erasing', answer)
    await this.#config.erase(key)
  }

  #run(verb: Verb, input: string): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const child = spawn(this.#program, [verb], { env: this.#env, stdio: ['pipe', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.length > replyBytesMax) child.kill()
    })
    child.on('error', (error) => reject(this.#unusable(error)))
    child.on('close', (status, signal) =>
      resolve({
        output: output.trim(),
        failure: status === 0 ? undefined : signal ? `signal: ${signal}` : `exit status ${status}`,
      }),
    )
    // It may end without reading.
    child.stdin.on('error', () => {}).end(input)
    return promise
  }

  /** What it gave may be a secret, also where it is no answer: none of it is told. */
  #credentialsIn(output: string): AuthRequest {
    const { Username, Secret } = parseObject(output)
    if (typeof Username !== 'string' || typeof Secret !== 'string') {
      throw new CodedError(
        'failed-precondition',
        `${this.#program} did not answer with {"Username": …, "Secret": …}`,
      )
    }
    return Username === tokenUser ? { identitytoken: Secret } : { username: Username, password: Secret }
  }

  #unusable(error: Error): Error {
    const state = states[systemCode(error) ?? '']
    if (state === undefined) return error
    return new CodedError('failed-precondition', `exec: "${this.#program}": ${state}`, {
      cause: error,
      hint: 'Install it, or take its name out of credsStore or credHelpers in config.json.',
    })
  }
}

const states: Readonly<Record<string, string>> = {
  ENOENT: 'executable file not found in $PATH',
  EACCES: 'permission denied',
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object) }
  } catch {
    return {}
  }
}

/** In the words of Docker's tools. Helpers never put a secret into what they say of a failure. */
function failed(what: string, { output, failure }: Answer): CodedError {
  const told = output.replace(/\p{Cc}+/gu, ' ').slice(0, toldLengthMax)
  return new CodedError(
    'failed-precondition',
    `error ${what} credentials - err: ${failure}, out: \`${told}\``,
  )
}
