import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface LoadOptions {
  connections: number
  seconds: number
  headers?: Record<string, string>
}

export interface Load {
  /** For 1,000 requests at the rate that was reached. */
  thousandMs: number
  p99Ms: number
}

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 }

/** Asks for one URL as often as the server answers. Throws for any answer but 2xx. */
export async function loadWithWrk(
  url: string,
  { connections, seconds, headers = {} }: LoadOptions,
): Promise<Load> {
  const flags = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '--latency']
  const headerFlags = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const { stdout } = await run('wrk', [...flags, ...headerFlags, url])
  if (/Non-2xx/.test(stdout)) throw new Error(`${url}: ${stdout}`)
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? []
  // Longer than the whole run: there is no figure then.
  if (Number(rate) === 0) throw new Error(`${url}: no answer in ${seconds} s`)
  const [, p99, unit = ''] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? []
  return { thousandMs: 1e6 / Number(rate), p99Ms: Number(p99) * (unitMs[unit] ?? Number.NaN) }
}
