import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
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
const probeTimeoutMs = 10_000

/**
 * Tries a runtime. Rejects when there is no such program or when it refuses this machine: crun, for example, does not
 * work where cgroup v1 and v2 are mixed, and says so at every command that needs them.
 */
export async function probeRuntime(name: string, path: string): Promise<OciRuntime> {
  const { stdout } = await run(path, ['--version'], { timeout: probeTimeoutMs })
  await list(path)
  return { name, path, ...parseVersion(stdout), features: await readFeatures(path) }
}

async function list(path: string): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'berth-probe-'))
  try {
    await run(path, ['--root', root, 'list', '--format', 'json'], { timeout: probeTimeoutMs })
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** The second word of a first line such as `runc version 1.1.5+ds1`, and a line `commit: …`. */
export function parseVersion(text: string): { version: string; commit: string } {
  return {
    version: /version (\S+)/.exec(text)?.[1] ?? '',
    commit: /^commit: (\S+)$/m.exec(text)?.[1] ?? '',
  }
}

async function readFeatures(path: string): Promise<RuntimeFeatures> {
  try {
    const { stdout } = await run(path, ['features'], { timeout: probeTimeoutMs })
    return parseRuntimeFeatures(stdout)
  } catch {
    // Runtimes older than the command.
    return leastFeatures
  }
}
