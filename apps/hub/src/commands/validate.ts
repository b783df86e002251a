import { access, constants } from 'node:fs/promises'
import { CodedError, messageOf } from '@berth/stdx'
import type { ServeCommand } from '../config/command-line.ts'

/**
 * Throws `invalid-argument` for names that cannot be served, and for files that cannot be read or do not hold what they
 * should; nothing is opened or made.
 */
export async function validate({
  access: settings,
  tls,
  policiesFile,
  mirrors,
}: ServeCommand): Promise<void> {
  if (policiesFile !== undefined) await (await import('../config/policies.ts')).readPolicies(policiesFile)
  if (settings.kind === 'accounts') {
    const { refuseReservedNames } = await import('../accounts/refuse-reserved-names.ts')
    refuseReservedNames(mirrors.upstreams.map(({ name }) => name))
  }
  const files = [
    tls?.certificateFile,
    tls?.keyFile,
    mirrors.credentialsFile,
    settings.kind === 'htpasswd' ? settings.htpasswdFile : undefined,
  ]
  for (const path of files) if (path !== undefined) await checkReadable(path)
}

async function checkReadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw new CodedError('invalid-argument', `Cannot read ${path}: ${messageOf(error)}`, { cause: error })
  })
}
