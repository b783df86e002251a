import type { TlsOptions } from '@berth/client'
import { CodedError } from '@berth/stdx'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CliConfig } from './cli-config.ts'
import { defaultContextName } from '../contexts/stored-context.ts'
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

/** How to reach an engine. */
export interface EngineEndpoint {
  host: string
  tls: TlsOptions | undefined
}

const ownSocket = '/run/berth/berth.sock'
const dockerSocket = '/var/run/docker.sock'

type Environment = Readonly<Record<string, string | undefined>>

/** Which context to use: of -H the default one, then the one that was named, then DOCKER_HOST's, then config.json's. */
export function chosenContext(
  { hosts, context }: Pick<EndpointChoice, 'hosts' | 'context'>,
  config: CliConfig,
  env: Environment,
): string {
  if (hosts.length > 1) throw new CodedError('invalid-argument', 'specify only one -H')
  if (hosts.length === 1 && context !== '') {
    throw new CodedError('invalid-argument', 'conflicting options: cannot specify both --host and --context')
  }
  if (hosts.length === 1) return defaultContextName
  if (context !== '') return context
  return env['DOCKER_HOST']
    ? defaultContextName
    : env['DOCKER_CONTEXT'] || config.currentContext || defaultContextName
}

/** The engine of the default context: -H, then DOCKER_HOST, then a socket. */
export function defaultEndpoint(choice: EndpointChoice, config: CliConfig, env: Environment): EngineEndpoint {
  const named = choice.hosts[0] ?? (env['DOCKER_HOST'] || undefined)
  const host = named === undefined ? `unix://${defaultSocket()}` : normalizeHost(named)
  return { host, tls: flagTls(choice, config, env) }
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
