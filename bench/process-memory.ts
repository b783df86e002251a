import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const sampleIntervalMs = 100

/**
 * Proportional set size of every process that belongs to `directory`, in MiB: its command line or environment names that
 * directory. Containers' own processes inherit neither, and the stock client is not the engine.
 */
export async function measureMemory(directory: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const sizes = await Promise.all(pids.map((pid) => proportionalSize(pid, directory)))
  return sizes.reduce((sum, size) => sum + size, 0) / 1024
}

/** The most that it is, looked at ten times a second, while `action` runs. */
export async function measurePeakMemory(directory: string, action: () => Promise<unknown>): Promise<number> {
  const ended = new AbortController()
  const acting = action().finally(() => ended.abort())
  let peak = 0
  while (!ended.signal.aborted) {
    peak = Math.max(peak, await measureMemory(directory))
    await delay(sampleIntervalMs)
  }
  await acting
  return peak
}

/** In KiB; 0 for a process of others, or one that has just ended. */
async function proportionalSize(pid: string, directory: string): Promise<number> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '')
  const [commandLine, environment] = await Promise.all([read('cmdline'), read('environ')])
  if (/^(\S*\/)?docker\0/.test(commandLine)) return 0
  if (!commandLine.includes(directory) && !environment.includes(directory)) return 0
  return Number(/^Pss:\s+(\d+)/m.exec(await read('smaps_rollup'))?.[1] ?? 0)
}
