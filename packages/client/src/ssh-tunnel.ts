import { messageOf } from '@berth/stdx'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { readStart } from './read-start.ts'
import type { SshAddress } from './ssh-address.ts'

/** Why ssh did not bring a connection. */
export interface SshFailure {
  command: string
  status: number | string
  stderr: string
}

/** What runs over there: ours where it is installed, else Docker's client. */
const remoteScript = 'if command -v berth >/dev/null 2>&1; then exec berth "$@"; fi; exec docker "$@"'

/** ssh has this socket for its input and output: one that can be half closed, as pipes cannot. */
const localScript = 'exec "$@" <&3 >&3 3>&-'

/** Connections to an engine on another machine, each through an ssh of its own that ends with it. */
export class SshTunnel {
  readonly #address: SshAddress
  readonly #environment: Readonly<Record<string, string | undefined>>
  #lastFailure: Promise<SshFailure | undefined> = Promise.resolve(undefined)

  /** `environment` is what ssh gets: its agent, its configuration, where it is. */
  constructor(address: SshAddress, environment: Readonly<Record<string, string | undefined>>) {
    this.#address = address
    this.#environment = environment
  }

  /** One that is not there yet: an ssh that fails closes it. */
  dial(): Socket {
    const command = ['ssh', ...sshArguments(this.#address)]
    // Only who needs it loads it.
    const child = process
      .getBuiltinModule('node:child_process')
      .spawn('sh', ['-c', localScript, 'sh', ...command], {
        env: { ...this.#environment },
        stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
        // An interrupt of the terminal is for this program, which may still have something to say through it.
        detached: true,
      })
    this.#lastFailure = failureOf(child, command.join(' '))
    return child.stdio[3] as Socket
  }

  /** Why the connection that was dialled last broke, when that was ssh's doing; waits a moment for its end. */
  async failure(): Promise<SshFailure | undefined> {
    return await Promise.race([this.#lastFailure, sleep(endTimeoutMs, undefined, { ref: false })])
  }
}

const endTimeoutMs = 2000

/** Resolves when the program has ended; never rejects. */
async function failureOf(child: ChildProcess, command: string): Promise<SshFailure | undefined> {
  const stderr = readStart(child.stdio[2] as Readable)
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    return code === 0 ? undefined : { command, status: code ?? signal ?? '', stderr: (await stderr).trim() }
  } catch (error) {
    return { command, status: '', stderr: messageOf(error) }
  }
}

function sshArguments({ user, hostname, port, path }: SshAddress): string[] {
  const host = path === '' ? '' : `--host unix://${path} `
  return [
    '-o',
    'ConnectTimeout=30',
    '-T',
    ...(user === '' ? [] : ['-l', user]),
    ...(port === '' ? [] : ['-p', port]),
    '--',
    hostname,
    `sh -c '${remoteScript}' sh ${host}system dial-stdio`,
  ]
}
