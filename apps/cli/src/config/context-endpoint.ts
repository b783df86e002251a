import { CodedError } from '@berth/stdx'
import { contextStore } from '../contexts/context-store.ts'
import type { CliConfig } from './cli-config.ts'
import type { EngineEndpoint } from './engine-endpoint.ts'

/** The engine of a context that is stored beside config.json; throws `not-found`. */
export async function contextEndpoint(name: string, config: CliConfig): Promise<EngineEndpoint> {
  const { metadata, tls } = await contextStore(config).get(name)
  const { Host: host, SkipTLSVerify: skipsVerify = false } = metadata.Endpoints.docker ?? {}
  if (!host) throw new CodedError('invalid-argument', `context "${name}": no docker endpoint`)
  const read = (file: string) => tls.get(`docker/${file}`)
  const files = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }
  const hasTls = skipsVerify || Object.values(files).some((file) => file !== undefined)
  return { host, tls: hasTls ? { verify: !skipsVerify, ...files } : undefined }
}
