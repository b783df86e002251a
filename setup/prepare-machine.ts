import { userInfo } from 'node:os'
import { checkHost, formatHostChecks, type HostCheck } from '@berth/host'
import { CodedError } from '@berth/stdx'
import { prepareCheckout } from './prepare-checkout.ts'
import { runProgram } from './run-program.ts'
import { type Capability, installLacking } from './system-packages.ts'

/**
 * Brings the machine to where containers can run, and returns what it offers. Throws `failed-precondition` with the whole
 * list when something is missing that no package brings.
 */
export async function prepareMachine(capabilities: readonly Capability[]): Promise<HostCheck[]> {
  const searchPath = process.env['PATH'] ?? ''
  await installLacking(capabilities, searchPath)
  await prepareCheckout()
  const checks = await checkHost({ searchPath, versionOf, userName: userInfo().username })
  if (checks.every(({ status }) => status !== 'missing')) return checks
  throw new CodedError(
    'failed-precondition',
    `This machine cannot run containers:\n${formatHostChecks(checks)}`,
  )
}

async function versionOf(path: string): Promise<string | undefined> {
  const { exitCode, output } = await runProgram([path, '--version'], { signal: AbortSignal.timeout(5000) })
  return exitCode === 0 ? output.split('\n')[0] : undefined
}
