import { CodedError } from '@berth/stdx'
import { parseSshAddress, type SshAddress } from './ssh-address.ts'

export type HostAddress =
  | { kind: 'unix'; path: string }
  | { kind: 'tcp'; hostname: string; port: number }
  | SshAddress

const defaultPort = 2375
const defaultTlsPort = 2376

/** `unix:///path`, `tcp://host[:port]`, `http(s)://…`, `ssh://…` as `-H` and DOCKER_HOST take them; throws `invalid-argument`. */
export function parseHostAddress(host: string, isTls: boolean): HostAddress {
  const match = /^(\w+):\/\/(.*)$/.exec(host)
  if (!match) throw invalid(host)
  const [, scheme = '', rest = ''] = match
  if (scheme === 'unix') return { kind: 'unix', path: rest === '' ? '/var/run/docker.sock' : rest }
  if (scheme === 'ssh') return parseSshAddress(host)
  if (!['tcp', 'http', 'https'].includes(scheme)) throw unknownScheme(host)
  return { kind: 'tcp', ...parseAuthority(host, rest, isTls ? defaultTlsPort : defaultPort) }
}

function parseAuthority(host: string, rest: string, port: number): { hostname: string; port: number } {
  const url = URL.parse(`http://${rest === '' ? 'localhost' : rest}`)
  if (!url) throw invalid(host)
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  return { hostname, port: url.port === '' ? (explicitPort(rest) ?? port) : Number(url.port) }
}

/** URL drops a port of 80, since it is HTTP's own. */
function explicitPort(rest: string): number | undefined {
  return /:80(\/|$)/.test(rest) ? 80 : undefined
}

function invalid(host: string): CodedError {
  return new CodedError('invalid-argument', `unable to parse docker host \`${host}\``, {
    hint: 'A host looks like unix:///run/berth/berth.sock or tcp://10.0.0.5:2376.',
  })
}

function unknownScheme(host: string): CodedError {
  return new CodedError('not-implemented', `unable to parse docker host \`${host}\``, {
    hint: 'Use unix://, tcp:// or ssh://.',
  })
}
