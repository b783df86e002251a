import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Outcome } from './run-berth.ts'

const path = ['/usr/local/bin/docker', '/usr/bin/docker'].find((candidate) => existsSync(candidate))

/** Why comparisons with the stock client cannot run here; false when they can. */
export const withoutStockDocker: string | false = path === undefined && 'the docker client is not installed'

/** Runs the stock client with the same words. */
export function runDocker(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin = '',
): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  const child = spawn(path ?? 'docker', words, {
    env: { DOCKER_CONFIG: '/nonexistent', HOME: '/nonexistent', TZ: process.env['TZ'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // One that does not read is no failure of it.
  child.stdin.on('error', () => {}).end(stdin)
  const texts = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text))
  child.on('error', reject)
  child.on('close', (status) => resolve({ status: status ?? -1, ...texts }))
  return promise
}
