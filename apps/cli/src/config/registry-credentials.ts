import type { AuthRequest } from '@berth/api'
import type { CliConfig } from './cli-config.ts'

const hubRegistry = 'docker.io'
/** The name under which Docker's tools keep the credentials of Docker Hub. */
const hubKey = 'https://index.docker.io/v1/'

/** The credentials of `registry` as config.json has them; `{}` when it has none. */
export function registryCredentials({ auths = {} }: CliConfig, registry: string): AuthRequest {
  const keys = registry === hubRegistry ? [hubKey] : [registry, `https://${registry}`, `http://${registry}`]
  const key = keys.find((one) => auths[one] !== undefined)
  const stored = key === undefined ? undefined : auths[key]
  if (key === undefined || !stored) return {}
  const { auth = '', ...rest } = stored
  const [, username, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth, 'base64').toString()) ?? []
  return {
    ...rest,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.replace(/\0+$/, '') }),
    serveraddress: key,
  }
}
