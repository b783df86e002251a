import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chown, glob, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

/** PostgreSQL refuses root; this is the user that everything else leaves alone. */
const nobody = 65534
const startMs = 60_000

/** A real PostgreSQL on a unix socket in a temporary directory. Disposing ends and removes it. */
export interface PostgresServer extends AsyncDisposable {
  /** Makes an empty database; returns its URL. */
  createDatabase(): Promise<string>
  /** Ends the server as a failing machine would, its files stay. */
  kill(): Promise<void>
  /** Starts it again after `kill`. */
  start(): Promise<void>
}

/** Starts PostgreSQL; undefined when it is not installed. */
export async function startPostgresServer(): Promise<PostgresServer | undefined> {
  const programs = await findPrograms()
  if (programs === undefined) return undefined
  const directory = await mkdtemp(join(tmpdir(), 'berth-postgres-'))
  const data = join(directory, 'data')
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(directory, { recursive: true }))
  await chown(directory, nobody, nobody)
  await run(join(programs, 'initdb'), ['-D', data, '-U', 'berth', '-A', 'trust', '--no-sync', '-E', 'UTF8'])
  let server: ChildProcess | undefined
  const end = async (signal: NodeJS.Signals) => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const exited = once(server, 'exit')
    server.kill(signal)
    await exited
  }
  const start = async () => {
    // After a crash it would sync each of its many files by itself.
    const sync = ['-c', 'recovery_init_sync_method=syncfs']
    const settings = [
      '-c',
      'listen_addresses=',
      '-c',
      'max_connections=100',
      '-c',
      'shared_buffers=128MB',
      ...sync,
    ]
    server = spawn(join(programs, 'postgres'), ['-D', data, '-k', directory, ...settings], {
      uid: nobody,
      gid: nobody,
      cwd: directory,
      stdio: 'ignore',
    })
    await waitUntilReady(directory)
  }
  stack.defer(() => end('SIGINT'))
  await start()
  const owned = stack.move()
  let databases = 0
  return {
    async createDatabase() {
      const name = `berth_${++databases}`
      await query(directory, `CREATE DATABASE ${name}`)
      return `postgres://berth@localhost/${name}?host=${encodeURIComponent(directory)}`
    },
    async kill() {
      await end('SIGQUIT')
      // It leaves its lock behind when it is ended in a hurry; the file names a process that is gone.
      await rm(join(data, 'postmaster.pid'), { force: true })
    },
    start,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Debian keeps the server's programs beside the path, one directory a version. */
async function findPrograms(): Promise<string | undefined> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((path) => join(path, 'initdb'))
  const candidates = ['/usr/lib/postgresql/*/bin/initdb', ...onPath]
  for (const pattern of candidates)
    for await (const path of glob(pattern)) return path.slice(0, -'/initdb'.length)
  return undefined
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, {
    uid: nobody,
    gid: nobody,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${program} ended with ${code}`)
}

async function query(directory: string, text: string): Promise<void> {
  const client = new Client({ host: directory, user: 'berth', database: 'postgres' })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

async function waitUntilReady(directory: string): Promise<void> {
  const deadline = performance.now() + startMs
  for (;;) {
    try {
      return await query(directory, 'SELECT 1')
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(50)
    }
  }
}
