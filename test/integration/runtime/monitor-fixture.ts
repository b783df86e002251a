import { buildSpec, connectMonitor, readSpecPlatform, resolveUser } from '@berth/runtime'
import type { AttachStream, ExitEvent, Monitor, SpecOptions, StartRequest } from '@berth/runtime'
import { eventually } from '@berth/stdx/testsuite'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, rmdir, symlink, writeFile } from 'node:fs/promises'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const entryPath = fileURLToPath(new URL('../../../apps/daemon/src/berth-monitor.ts', import.meta.url))
const applets = [
  'cat',
  'dd',
  'echo',
  'false',
  'id',
  'kill',
  'ls',
  'seq',
  'sh',
  'sleep',
  'stty',
  'tail',
  'trap',
  'true',
  'yes',
]
const exitTimeoutMs = 60_000
const platform = readSpecPlatform()
const features = { namespaces: new Set<string>(), mountOptions: new Set<string>() }

export interface ContainerOptions {
  containerId?: string
  args: string[]
  isTerminal?: boolean
  user?: string
  stdio?: Partial<StartRequest['stdio']>
  log?: Partial<StartRequest['log']>
  spec?: Partial<SpecOptions>
}

/** A monitor with a run directory of its own, and containers of busybox that go with it. */
export class MonitorFixture implements AsyncDisposable {
  readonly directory: string
  readonly cgroupParent = `/berth-test-${randomBytes(4).toString('hex')}`
  readonly #exits: ExitEvent[] = []
  monitor: Monitor

  private constructor(directory: string, monitor: Monitor) {
    this.directory = directory
    this.monitor = monitor
    this.#listen()
  }

  static async create(): Promise<MonitorFixture> {
    const directory = await mkdtemp(join(tmpdir(), 'berth-runtime-'))
    await makeRootfs(join(directory, 'rootfs'))
    return new MonitorFixture(
      directory,
      await connectMonitor({ runDirectory: join(directory, 'run'), entryPath }),
    )
  }

  get runDirectory(): string {
    return join(this.directory, 'run')
  }

  get rootfs(): string {
    return join(this.directory, 'rootfs')
  }

  logPath(containerId: string): string {
    return join(this.directory, `${containerId}-json.log`)
  }

  /** The process id of the monitor: the one that has its lock file open. */
  monitorPid(): number {
    const wanted = ['--run-directory', this.runDirectory].join('\0')
    const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && commandLine(name).includes(wanted))
    if (pid === undefined) throw new Error('The monitor does not run')
    return Number(pid)
  }

  /** Drops the engine's connection and makes another, as an engine that was started again. */
  async reconnect(): Promise<void> {
    await this.monitor[Symbol.asyncDispose]()
    this.#exits.length = 0
    this.monitor = await connectMonitor({ runDirectory: this.runDirectory, entryPath })
    this.#listen()
  }

  request({
    containerId = 'c1',
    args,
    isTerminal = false,
    user = '',
    stdio,
    log,
    spec,
  }: ContainerOptions): StartRequest {
    const options: SpecOptions = {
      rootfs: { path: this.rootfs },
      process: { args, env: ['PATH=/bin'], cwd: '/', user: resolveUser(this.rootfs, user), isTerminal },
      security: {},
      hostname: containerId,
      cgroupsPath: `${this.cgroupParent}/${containerId}`,
      ...spec,
    }
    return {
      containerId,
      runtime: 'runc',
      spec: buildSpec(options, { platform, features }),
      stdio: { openStdin: false, stdinOnce: true, ...stdio },
      log: { driver: 'json-file', path: this.logPath(containerId), maxSizeBytes: 0, maxFiles: 1, ...log },
    }
  }

  async start(options: ContainerOptions): Promise<void> {
    await this.monitor.start(this.request(options))
  }

  /** Runs a container to its end with a client attached, and deletes it. */
  async run(
    options: ContainerOptions,
  ): Promise<{ exit: ExitEvent; stdout: string; stderr: string; log: string }> {
    const { containerId = 'c1' } = options
    await using stream = await this.monitor.attach(containerId, { stdin: false, stdout: true, stderr: true })
    const output = readOutput(stream)
    await this.start(options)
    const exit = await this.exit(containerId)
    const { stdout, stderr } = splitFrames(await output)
    await this.monitor.delete(containerId)
    const log = await readFile(this.logPath(containerId), 'utf8').catch(() => '')
    return { exit, stdout: stdout.toString(), stderr: stderr.toString(), log }
  }

  /** Resolves to the end of a process; takes it from the list, so that the next call waits for the next end. */
  exit(containerId: string, execId?: string): Promise<ExitEvent> {
    return eventually(() => {
      const at = this.#exits.findIndex((exit) => exit.containerId === containerId && exit.execId === execId)
      const [exit] = at < 0 ? [] : this.#exits.splice(at, 1)
      return exit ?? assert.fail(`Nobody told the end of ${execId ?? 'the process'} of ${containerId}`)
    }, exitTimeoutMs)
  }

  /** Ends and deletes every container. */
  async clear(): Promise<void> {
    for (const { containerId, status } of await this.monitor.list()) {
      if (status === 'paused') await this.monitor.resume(containerId)
      if (status !== 'exited') {
        await this.monitor.signal(containerId, 9).catch(() => undefined)
        await this.exit(containerId)
      }
      await this.monitor.delete(containerId)
    }
    this.#exits.length = 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using stack = new AsyncDisposableStack()
    stack.defer(() => rm(this.directory, { recursive: true, force: true }))
    stack.defer(() => this.#removeCgroups())
    stack.defer(() => this.monitor.shutdown())
    await this.clear()
  }

  async #removeCgroups(): Promise<void> {
    for (const hierarchy of readdirSync('/sys/fs/cgroup'))
      await rmdir(join('/sys/fs/cgroup', hierarchy, this.cgroupParent)).catch(() => undefined)
  }

  #listen(): void {
    this.monitor.onExit((exit) => this.#exits.push(exit))
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

async function makeRootfs(path: string): Promise<void> {
  for (const name of ['bin', 'dev', 'etc', 'proc', 'sys', 'tmp'])
    await mkdir(join(path, name), { recursive: true })
  await copyFile('/usr/bin/busybox', join(path, 'bin/busybox'))
  for (const applet of applets) await symlink('busybox', join(path, 'bin', applet))
  await writeFile(
    join(path, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home:/bin/sh\n',
  )
  await writeFile(join(path, 'etc/group'), 'root:x:0:\nuser:x:1000:\nmore:x:2000:user\n')
  await writeFile(join(path, 'bin/noexec'), 'no program')
}

export async function readOutput({ output }: AttachStream): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of output) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Reads until the output holds `text`. */
export async function readUntil(iterator: AsyncIterator<Uint8Array>, text: string): Promise<string> {
  let seen = ''
  while (!seen.includes(text)) {
    const { value, done } = await iterator.next()
    if (done === true)
      throw new Error(`The output ended before ${JSON.stringify(text)}: ${JSON.stringify(seen)}`)
    seen += Buffer.from(value).toString()
  }
  return seen
}

export function splitFrames(data: Buffer): { stdout: Buffer; stderr: Buffer } {
  const parts: Record<number, Buffer[]> = { 1: [], 2: [] }
  for (let at = 0; at < data.length;) {
    const end = at + 8 + data.readUInt32BE(at + 4)
    parts[data[at] ?? 0]?.push(data.subarray(at + 8, end))
    at = end
  }
  return { stdout: Buffer.concat(parts[1] ?? []), stderr: Buffer.concat(parts[2] ?? []) }
}

/** The text in a json-file log. */
export function logText(log: string): string {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { log: string }).log)
    .join('')
}
