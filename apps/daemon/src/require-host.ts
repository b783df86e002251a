import { checkHost } from '@berth/host'
import { CodedError } from '@berth/stdx'

/** What only some ways of running an engine need. */
const networkTools = 'network tools'

/** Throws `failed-precondition` with what this machine lacks, and what to do about each. */
export async function requireHost(options: {
  searchPath: string
  runtimes: readonly string[]
  hasBridge: boolean
}): Promise<void> {
  const checks = await checkHost(options)
  const missing = checks.filter(
    ({ name, status }) => status === 'missing' && (options.hasBridge || name !== networkTools),
  )
  if (missing.length === 0) return
  const lines = missing.map(({ name, detail, hint }) => `  ${name}: ${detail}${hint ? `. ${hint}` : ''}`)
  throw new CodedError('failed-precondition', `this machine cannot run containers\n${lines.join('\n')}`, {
    hint: '"berth system doctor" shows every check.',
  })
}
