import { setTimeout as delay } from 'node:timers/promises'
import { findProgram } from '@berth/host'
import type { BenchEngine } from './bench-engine.ts'
import { timeCommand } from './client.ts'

const writingMs = 500

/** Starts a container that writes a megabyte and stays; the sample images have no programs, so it is lent one. */
export async function startChangedContainer(engine: BenchEngine, image: string, name: string): Promise<void> {
  const busybox = await findProgram('busybox', { searchPath: process.env['PATH'] ?? '' })
  if (busybox === undefined) throw new Error('busybox is not here (Debian: busybox-static)')
  const flags = ['--detach', '--network', 'none', '--name', name, '--volume', `${busybox}:/lent:ro`]
  const write = '/lent dd if=/dev/urandom of=/changed bs=1000 count=1000; exec /lent sleep 10000'
  await timeCommand('docker', engine, ['run', ...flags, image, '/lent', 'sh', '-c', write])
  await delay(writingMs)
}
