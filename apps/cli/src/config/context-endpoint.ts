import type { TlsOptions } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CliConfig } from './cli-config.ts'
import { readCertificate } from './read-certificate.ts'

export interface EngineEndpoint {
  host: string
  contextName: string
  tls: TlsOptions | undefined
}

interface ContextMetadata {
  Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } }
}

/** The engine of a context that Docker's tools made: its files are named by the hash of its name. */
export function contextEndpoint(name: string, config: CliConfig): EngineEndpoint {
  const id = createHash('sha256').update(name).digest('hex')
  const metadata = readContext(join(config.folder, 'contexts', 'meta', id, 'meta.json'), name)
  const { Host: host, SkipTLSVerify: skipsVerify = false } = metadata.Endpoints?.docker ?? {}
  if (!host) throw new CodedError('invalid-argument', `context "${name}": no docker endpoint`)
  const folder = join(config.folder, 'contexts', 'tls', id, 'docker')
  if (!existsSync(folder)) return { host, contextName: name, tls: undefined }
  const read = (file: string) => readCertificate(join(folder, file), false)
  return {
    host,
    contextName: name,
    tls: { verify: !skipsVerify, ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') },
  }
}

function readContext(path: string, name: string): ContextMetadata {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ContextMetadata
  } catch (error) {
    throw new CodedError(
      'not-found',
      `context "${name}": context not found: open ${path}: no such file or directory`,
      {
        cause: error,
        hint: "Leave it out with '--context default', or unset DOCKER_CONTEXT.",
      },
    )
  }
}
