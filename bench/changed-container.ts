import { findProgram } from '@berth/host'
import type { BenchEngine } from './bench-engine.ts'
import { timeCommand } from './client.ts'

/** Busybox goes by the name it is called by, so it keeps its own. */
const lent = '/busybox'

/** Starts a container that has written a megabyte and stays; the sample images have no programs, so it is lent one. */
export async function startChangedContainer(engine: BenchEngine, image: string, name: string): Promise<void> {
  const busybox = await findProgram('busybox', { searchPath: process.env['PATH'] ?? '' })
  if (busybox === undefined) throw new Error('busybox is not here (Debian: busybox-static)')
  const flags = ['--detach', '--network', 'none', '--name', name, '--volume', `${busybox}:${lent}:ro`]
  const run = (...args: string[]) => timeCommand('docker', engine, args)
  await run('run', ...flags, image, lent, 'sleep', '10000')
  await run('exec', name, lent, 'dd', 'if=/dev/urandom', 'of=/changed', 'bs=1000', 'count=1000')
}
