import { readdir, readFile } from 'node:fs/promises'

/**
 * Proportional set size of every process that belongs to `directory`, in MiB: its command line or environment names that
 * directory. Containers' own processes inherit neither.
 */
export async function measureMemory(directory: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const sizes = await Promise.all(pids.map((pid) => proportionalSize(pid, directory)))
  return sizes.reduce((sum, size) => sum + size, 0) / 1024
}

/** In KiB; 0 for a process of others, or one that has just ended. */
async function proportionalSize(pid: string, directory: string): Promise<number> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '')
  const [commandLine, environment] = await Promise.all([read('cmdline'), read('environ')])
  if (!commandLine.includes(directory) && !environment.includes(directory)) return 0
  return Number(/^Pss:\s+(\d+)/m.exec(await read('smaps_rollup'))?.[1] ?? 0)
}
