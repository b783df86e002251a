import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { linuxKernel, unmountFlags } from '@berth/syscalls'
import { runProgram } from '../../fixtures/program.ts'

const dockerdPath = '/usr/sbin/dockerd'

/** Options of tests that need the distribution's Docker engine. */
export const withPeerDocker = { skip: !existsSync(dockerdPath) && 'needs docker.io (dockerd)' }

/** Another engine, which only keeps images. Disposing ends it and removes what it stored. */
export interface PeerDocker extends AsyncDisposable {
  readonly host: string
}

export async function startPeerDocker(): Promise<PeerDocker> {
  await using stack = new AsyncDisposableStack()
  const root = await mkdtemp(join(tmpdir(), 'bt-peer-'))
  stack.defer(() => rm(root, { recursive: true, force: true, maxRetries: 3 }))
  stack.defer(() => unmountBelow(root))
  const host = `unix://${root}/api.sock`
  const flags = ['-H', host, '--data-root', join(root, 'data'), '--exec-root', join(root, 'run')]
  const own = ['--pidfile', join(root, 'pid'), '--bridge=none', '--iptables=false', '--ip6tables=false']
  const child = spawn(dockerdPath, [...flags, ...own], { stdio: 'ignore' })
  await once(child, 'spawn')
  const exited = once(child, 'exit')
  stack.defer(async () => {
    child.kill('SIGTERM')
    await exited
  })
  for (let tries = 0; (await runProgram(['docker', '-H', host, 'version'])).exitCode !== 0; tries++) {
    if (tries === 300 || child.exitCode !== null) throw new Error('dockerd does not answer')
    await sleep(100)
  }
  const owned = stack.move()
  return { host, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function unmountBelow(root: string): Promise<void> {
  const points = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
  for (const point of points.filter((path) => path.startsWith(`${root}/`)).toReversed())
    linuxKernel.unmount(point, unmountFlags.detach)
}
