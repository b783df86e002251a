import type { TlsOptions } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CliConfig } from './cli-config.ts'
import type { EngineEndpoint } from './context-endpoint.ts'
import { readCertificate } from './read-certificate.ts'

export interface EndpointChoice {
  hosts: readonly string[]
  context: string
  tls: boolean
  tlsverify: boolean
  tlscacert: string
  tlscert: string
  tlskey: string
}

const defaultContext = 'default'
const ownSocket = '/run/berth/berth.sock'
const dockerSocket = '/var/run/docker.sock'

type Environment = Readonly<Record<string, string | undefined>>

/** Which engine to talk to: -H, then the context that was named, then DOCKER_HOST, then config.json's context, then a socket. */
export async function engineEndpoint(
  choice: EndpointChoice,
  config: CliConfig,
  env: Environment,
): Promise<EngineEndpoint> {
  const { hosts, context } = choice
  if (hosts.length > 1) throw new CodedError('invalid-argument', 'specify only one -H')
  const host = hosts[0]
  if (host !== undefined && context !== '') {
    throw new CodedError('invalid-argument', 'conflicting options: cannot specify both --host and --context')
  }
  if (host !== undefined)
    return { host: normalizeHost(host), contextName: defaultContext, tls: flagTls(choice, config, env) }
  const name =
    context ||
    (env['DOCKER_HOST'] ? defaultContext : env['DOCKER_CONTEXT'] || config.currentContext || defaultContext)
  if (name !== defaultContext) {
    const { contextEndpoint } = await import('./context-endpoint.ts')
    return contextEndpoint(name, config)
  }
  const chosen = env['DOCKER_HOST'] ? normalizeHost(env['DOCKER_HOST']) : `unix://${defaultSocket()}`
  return { host: chosen, contextName: defaultContext, tls: flagTls(choice, config, env) }
}

/** Docker's socket only where there is one and none of ours. */
function defaultSocket(): string {
  return !existsSync(ownSocket) && existsSync(dockerSocket) ? dockerSocket : ownSocket
}

/** A bare `host:port` is TCP and a bare path a socket. */
function normalizeHost(host: string): string {
  const trimmed = host.trim()
  if (trimmed.includes('://')) return trimmed
  return trimmed.startsWith('/') ? `unix://${trimmed}` : `tcp://${trimmed}`
}

function flagTls(choice: EndpointChoice, config: CliConfig, env: Environment): TlsOptions | undefined {
  const verify = choice.tlsverify || Boolean(env['DOCKER_TLS_VERIFY'])
  if (!verify && !choice.tls) return undefined
  const folder = env['DOCKER_CERT_PATH'] || config.folder
  return {
    verify,
    ca: verify
      ? readCertificate(choice.tlscacert || join(folder, 'ca.pem'), choice.tlscacert !== '')
      : undefined,
    cert: readCertificate(choice.tlscert || join(folder, 'cert.pem'), choice.tlscert !== ''),
    key: readCertificate(choice.tlskey || join(folder, 'key.pem'), choice.tlskey !== ''),
  }
}
