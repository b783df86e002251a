import type { PortBinding, PortMap } from '@berth/api'
import { CodedError } from '@berth/stdx'
import { isIP } from 'node:net'

export interface Ports {
  exposed: Record<string, Record<string, never>>
  bindings: PortMap
}

const protocols = new Set(['tcp', 'udp', 'sctp'])
const portMax = 65_535

interface Range {
  first: number
  last: number
}

/** `-p` and `--expose` to what an engine takes; throws `invalid-argument` in Docker's words. */
export function parsePorts(published: readonly string[], exposed: readonly string[]): Ports {
  const ports: Ports = { exposed: {}, bindings: {} }
  for (const text of published) addPublished(ports, text.includes('=') ? longForm(text) : text)
  for (const text of exposed) addExposed(ports, text)
  return ports
}

/** `[[ip:][hostPort]:]containerPort[/protocol]`; each part may be a range. */
function addPublished({ exposed, bindings }: Ports, text: string): void {
  const { ip, hostPort, containerPort, protocol } = splitSpec(text)
  if (containerPort === '') throw invalid(`no port specified: ${text}<empty>`)
  const container = parseRange(containerPort, () => invalid(`invalid containerPort: ${containerPort}`))
  const host =
    hostPort === '' ? undefined : parseRange(hostPort, () => invalid(`invalid hostPort: ${hostPort}`))
  const count = container.last - container.first
  // One container port and a range of host ports means any free one of the range.
  const isChoice = host !== undefined && host.last - host.first !== count
  if (isChoice && count !== 0)
    throw invalid(`invalid ranges specified for container and host Ports: ${containerPort} and ${hostPort}`)
  for (let i = 0; i <= count; i++) {
    const key = `${container.first + i}/${protocol}`
    exposed[key] = {}
    const binding: PortBinding = {
      HostIp: ip,
      HostPort: isChoice ? hostPort : host === undefined ? '' : String(host.first + i),
    }
    bindings[key] = [...(bindings[key] ?? []), binding]
  }
}

function splitSpec(text: string): { ip: string; hostPort: string; containerPort: string; protocol: string } {
  const parts = text.split(':')
  const last = parts.pop() ?? ''
  const hostPort = parts.pop() ?? ''
  const ip = parts.join(':').replace(/^\[(.*)\]$/, '$1')
  if (ip !== '' && isIP(ip) === 0) throw invalid(`invalid IP address: ${ip}`)
  const { port, protocol } = splitProtocol(last)
  return { ip, hostPort, containerPort: port, protocol }
}

function splitProtocol(text: string): { port: string; protocol: string } {
  const [port = '', protocol = 'tcp'] = text.split('/')
  const name = (protocol || 'tcp').toLowerCase()
  if (!protocols.has(name)) throw invalid(`invalid proto: ${protocol}`)
  return { port, protocol: name }
}

function parseRange(text: string, complaint: () => CodedError): Range {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text)
  if (!match) throw complaint()
  const first = Number(match[1])
  const last = Number(match[2] ?? first)
  if (first > portMax || last > portMax || last < first) throw complaint()
  return { first, last }
}

function addExposed({ exposed }: Ports, text: string): void {
  if (text.includes(':')) throw invalid(`invalid port format for --expose: ${text}`)
  const { port, protocol } = splitProtocol(text)
  const { first, last } = parseRange(port, () =>
    invalid(`invalid range format for --expose: ${text}, error: invalid port`),
  )
  for (let one = first; one <= last; one++) exposed[`${one}/${protocol}`] = {}
}

/** `published=8080,target=80,protocol=tcp`. */
function longForm(text: string): string {
  const parameters: Record<string, string> = { protocol: 'tcp' }
  for (const part of text.split(',')) {
    const [name = '', value] = part.split('=')
    if (value === undefined)
      throw invalid(`invalid publish opts format (should be name=value but got '${part}')`)
    parameters[name] = value
  }
  return `${parameters['published'] ?? ''}:${parameters['target'] ?? ''}/${parameters['protocol']}`
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message, {
    hint: 'A port looks like 8080:80, 127.0.0.1:8080:80 or 53:53/udp.',
  })
}
