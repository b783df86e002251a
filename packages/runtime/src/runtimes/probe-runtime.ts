import { CodedError } from '@berth/stdx'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { leastFeatures, parseRuntimeFeatures } from './runtime-features.ts'
import type { RuntimeFeatures } from './runtime-features.ts'

export interface OciRuntime {
  name: string
  /** The program: a path, or a name on PATH. */
  path: string
  /** For example `1.1.5`; empty when it does not say. */
  version: string
  /** The commit it was built from, for `info`; empty when it does not say. */
  commit: string
  features: RuntimeFeatures
}

const run = promisify(execFile)
const timeout = 10_000

/** Tries a runtime. Rejects when there is no such program, and when it refuses this machine. */
export async function probeRuntime(name: string, path: string): Promise<OciRuntime> {
  const { stdout } = await run(path, ['--version'], { timeout })
  const [features] = await Promise.all([readFeatures(path), probeCgroups(path)])
  return { name, path, ...parseVersion(stdout), features }
}

/** A line such as `runc version 1.1.5+ds1`, and one such as `commit: …`. */
export function parseVersion(text: string): { version: string; commit: string } {
  return {
    version: /version (\S+)/.exec(text)?.[1] ?? '',
    commit: /^commit: (\S+)$/m.exec(text)?.[1] ?? '',
  }
}

async function readFeatures(path: string): Promise<RuntimeFeatures> {
  try {
    const { stdout } = await run(path, ['features'], { timeout })
    return parseRuntimeFeatures(stdout)
  } catch {
    // Runtimes older than the command.
    return leastFeatures
  }
}

/**
 * crun does not work where cgroup v1 and v2 are mixed, and says so only when a container is made. So one is: with an empty
 * root, where no program can be run, which is not what counts.
 */
async function probeCgroups(path: string): Promise<void> {
  const bundle = await mkdtemp(join(tmpdir(), 'berth-probe-'))
  const id = `berth-probe-${randomBytes(4).toString('hex')}`
  const root = ['--root', join(bundle, 'state')]
  try {
    await mkdir(join(bundle, 'rootfs'))
    await writeFile(join(bundle, 'config.json'), JSON.stringify(emptyContainer(id)))
    const reason = await failure(path, [...root, 'run', '--bundle', bundle, id])
    if (/cgroup/i.test(reason))
      throw new CodedError('failed-precondition', `Cannot use runtime ${path}: ${reason}`)
  } finally {
    await failure(path, [...root, 'delete', '--force', id])
    await rm(bundle, { recursive: true, force: true })
  }
}

async function failure(path: string, args: readonly string[]): Promise<string> {
  try {
    await run(path, args, { timeout })
    return ''
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr).trim()
  }
}

function emptyContainer(id: string): object {
  return {
    ociVersion: '1.0.2',
    process: { terminal: false, user: { uid: 0, gid: 0 }, args: ['/nothing'], env: [], cwd: '/' },
    root: { path: 'rootfs' },
    mounts: [],
    linux: { namespaces: [{ type: 'mount' }, { type: 'pid' }], cgroupsPath: `/${id}`, resources: {} },
  }
}
