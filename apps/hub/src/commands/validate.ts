import { silentLogger } from '@berth/stdx'
import { givenSigningKey } from '@berth/registry-server'
import type { ServeCommand } from '../config/command-line.ts'
import { readGivenFile } from '../config/given-file.ts'
import { readServerCertificate } from '../config/server-certificate.ts'

/**
 * Throws `invalid-argument` for names that cannot be served, and for files that cannot be read or do not hold what they
 * should; nothing is opened or made.
 */
export async function validate({ access, tls, policiesFile, mirrors }: ServeCommand): Promise<void> {
  if (policiesFile !== undefined) await (await import('../config/policies.ts')).readPolicies(policiesFile)
  if (access.kind === 'accounts') {
    const { refuseReservedNames } = await import('../accounts/refuse-reserved-names.ts')
    refuseReservedNames(mirrors.upstreams.map(({ name }) => name))
  }
  if (access.kind !== 'open' && access.tokenKeyFile !== undefined)
    givenSigningKey(await readGivenFile({ flag: '--token-key', path: access.tokenKeyFile }))
  if (access.kind === 'htpasswd')
    await (await import('../access/htpasswd-file.ts')).openHtpasswdFile(access, silentLogger)
  if (tls) await readServerCertificate(tls)
  if (mirrors.credentialsFile !== undefined)
    await (await import('../mirrors/mirrors.ts')).readAuths(mirrors.credentialsFile)
}
