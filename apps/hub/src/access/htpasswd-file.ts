import { openHtpasswd } from '@berth/registry-server'
import type { Logger } from '@berth/stdx'
import { compare } from 'bcryptjs'
import type { HtpasswdSettings } from '../config/access-settings.ts'
import { readGivenFile } from '../config/given-file.ts'

/** The accounts of the file; throws `invalid-argument`. */
export async function openHtpasswdFile(
  { htpasswdFile: path, publicRepositories }: HtpasswdSettings,
  logger: Logger,
) {
  await readGivenFile({ flag: '--htpasswd', path })
  return openHtpasswd({ path, publicRepositories, compare, logger: logger.named('access') })
}
