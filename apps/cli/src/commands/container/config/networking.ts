import type { EndpointSettings } from '@berth/api'
import { CodedError } from '@berth/stdx'
import type { ContainerFlagValues } from './container-flags.ts'
import { parseCsvLine } from './csv-line.ts'

export interface Networking {
  /** The first network, which is the container's mode. */
  mode: string
  endpoints: Record<string, EndpointSettings>
}

interface Attachment extends EndpointSettings {
  Aliases: string[]
}

/** `--network`, plain or `name=…,alias=…`, with the flags that are for the first of them. */
export function parseNetworking(flags: ContainerFlagValues): Networking {
  const attachments = [...flags.network, ...flags.net].map(parseAttachment)
  const [first = { name: 'default', endpoint: { Aliases: [] } }] = attachments
  applyFlags(first.endpoint, flags)
  for (const { name, endpoint } of attachments) check(name, endpoint)
  if (new Set(attachments.map(({ name }) => isUserDefined(name))).size > 1) {
    throw invalid('conflicting options: cannot attach both user-defined and non-user-defined network-modes')
  }
  const endpoints: Record<string, EndpointSettings> = {}
  for (const { name, endpoint } of attachments.length > 0 ? attachments : [first]) {
    if (endpoints[name]) throw invalid(`network "${name}" is specified multiple times`)
    const { Aliases, ...rest } = endpoint
    const asked = Aliases.length === 0 ? rest : endpoint
    // One endpoint that asks for nothing is left to the engine.
    if (attachments.length > 1 || Object.keys(asked).length > 0) endpoints[name] = asked
  }
  return { mode: first.name, endpoints }
}

function parseAttachment(text: string): { name: string; endpoint: Attachment } {
  const endpoint: Attachment = { Aliases: [] }
  if (!text.includes('=')) return { name: text, endpoint }
  let name = ''
  for (const field of parseCsvLine(text)) {
    const equals = field.indexOf('=')
    if (equals < 0) throw invalid(`invalid field ${field}`)
    const key = field.slice(0, equals).trim().toLowerCase()
    const value = field.slice(equals + 1).trim()
    if (key === 'name') name = value
    else setField(endpoint, key, value)
  }
  return { name, endpoint }
}

function setField(endpoint: Attachment, key: string, value: string): void {
  const ipam = () => (endpoint.IPAMConfig ??= {})
  if (key === 'alias') endpoint.Aliases.push(value)
  else if (key === 'ip') ipam().IPv4Address = value
  else if (key === 'ip6') ipam().IPv6Address = value
  else if (key === 'mac-address') endpoint.MacAddress = value
  else if (key === 'link-local-ip') ipam().LinkLocalIPs = [...(ipam().LinkLocalIPs ?? []), value]
  else if (key === 'gw-priority') endpoint.GwPriority = Number(value)
  else if (key === 'driver-opt') {
    const [name = '', text = ''] = value.split(/=(.*)/s, 2)
    endpoint.DriverOpts = { ...endpoint.DriverOpts, [name]: text }
  } else throw invalid(`invalid field key ${key}`)
}

function applyFlags(endpoint: Attachment, flags: ContainerFlagValues): void {
  const aliases = [...flags['network-alias'], ...flags['net-alias']]
  if (aliases.length > 0 && endpoint.Aliases.length > 0) {
    throw invalid('conflicting options: cannot specify both --network-alias and per-network alias')
  }
  endpoint.Aliases.push(...aliases)
  if (flags.ip !== '') setOnce(endpoint, 'ip', flags.ip)
  if (flags.ip6 !== '') setOnce(endpoint, 'ip6', flags.ip6)
  if (flags['mac-address'] !== '') endpoint.MacAddress = flags['mac-address']
  for (const address of flags['link-local-ip']) setField(endpoint, 'link-local-ip', address)
}

function setOnce(endpoint: Attachment, key: 'ip' | 'ip6', value: string): void {
  const isSet = key === 'ip' ? endpoint.IPAMConfig?.IPv4Address : endpoint.IPAMConfig?.IPv6Address
  const family = key === 'ip' ? 'IPv4' : 'IPv6'
  if (isSet)
    throw invalid(`conflicting options: cannot specify both --${key} and per-network ${family} address`)
  setField(endpoint, key, value)
}

function check(name: string, { Aliases }: Attachment): void {
  if (name.trim() === '') throw invalid('no name set for network')
  if (Aliases.length > 0 && !isUserDefined(name)) {
    throw invalid('network-scoped aliases are only supported for user-defined networks')
  }
}

function isUserDefined(name: string): boolean {
  return !['default', 'bridge', 'host', 'none'].includes(name) && !name.startsWith('container:')
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message)
}
