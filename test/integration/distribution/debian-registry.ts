import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, findFreePort, temporaryDirectory } from '@berth/stdx/testsuite'
import { runProgram } from '../../fixtures/program.ts'

/** Debian's docker-registry, another program on the other side of the protocol. */
export interface DebianRegistry extends AsyncDisposable {
  /** `127.0.0.1:port` */
  readonly address: string
}

const startTimeoutMs = 30_000

export const isRegistryInstalled = async (): Promise<boolean> =>
  (await runProgram(['sh', '-c', 'command -v docker-registry'])).exitCode === 0

/** Starts one on a free port; `auth` is what stands below `auth:` in its configuration, which may name `{directory}`. */
export async function startDebianRegistry(
  options: { auth?: string; files?: Record<string, string> } = {},
): Promise<DebianRegistry> {
  await using stack = new AsyncDisposableStack()
  const directory = await temporaryDirectory(stack)
  for (const [name, content] of Object.entries(options.files ?? {}))
    await writeFile(join(directory, name), content)
  const address = `127.0.0.1:${await findFreePort()}`
  const config = join(directory, 'config.yml')
  await writeFile(config, configText(directory, address, options.auth))
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' })
  stack.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  })
  await eventually(async () => void (await fetch(`http://${address}/v2/`)), startTimeoutMs)
  const owned = stack.move()
  return { address, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

const configText = (directory: string, address: string, auth: string | undefined): string => `version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: ${directory}/data }, delete: { enabled: true } }
http: { addr: "${address}" }
${auth === undefined ? '' : `auth:\n${auth.replaceAll('{directory}', directory)}\n`}`
