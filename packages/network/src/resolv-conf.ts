import ipaddr from 'ipaddr.js'

export interface ResolvConfRequest {
  /** Content of the host's `/etc/resolv.conf`; empty when there is none. */
  host: string
  /**
   * Content of `/run/systemd/resolve/resolv.conf`: the servers behind systemd's stub, which listens on the host's
   * loopback where no container reaches it.
   */
  systemd?: string
  /** `--dns`, `--dns-search`, `--dns-option`: each replaces what the host has, when it is not empty. */
  nameservers?: readonly string[]
  search?: readonly string[]
  options?: readonly string[]
  /** The container has IPv6, so that servers with such an address can be reached. */
  withIpv6?: boolean
}

export interface ResolvConf {
  text: string
  warnings: string[]
}

const systemdStub = '127.0.0.53'
const defaultNameservers = {
  ipv4: ['8.8.8.8', '8.8.4.4'],
  ipv6: ['2001:4860:4860::8888', '2001:4860:4860::8844'],
}

interface Parsed {
  nameservers: string[]
  search: string[]
  options: string[]
  /** Lines of any other keyword, as they are. */
  others: string[]
}

/** The content of a container's `/etc/resolv.conf` on a network without a DNS server of its own, by Docker's rules. */
export function formatResolvConf(request: ResolvConfRequest): ResolvConf {
  const host = parseHost(request)
  const { nameservers, warnings } = selectNameservers(request, host)
  const search = override(request.search, host.search)
  const options = override(request.options, host.options)
  const lines = [
    ...nameservers.map((address) => `nameserver ${address}`),
    // A single dot means: search nowhere.
    ...(search.length === 0 || search.join(' ') === '.' ? [] : [`search ${search.join(' ')}`]),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    ...host.others,
  ]
  return { text: lines.map((line) => `${line}\n`).join(''), warnings }
}

function parseHost({ host, systemd }: ResolvConfRequest): Parsed {
  const parsed = parseResolvConf(host)
  const onlyStub = parsed.nameservers.length === 1 && parsed.nameservers[0] === systemdStub
  return onlyStub && systemd !== undefined ? parseResolvConf(systemd) : parsed
}

/** resolv.conf(5): the last `search` or `domain` counts, `options` add up. */
function parseResolvConf(text: string): Parsed {
  const parsed: Parsed = { nameservers: [], search: [], options: [], others: [] }
  for (const line of text.split('\n').map((line) => line.trim())) {
    const [keyword, ...values] = line.split(/\s+/)
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    if (keyword === 'nameserver') parsed.nameservers.push(...values.slice(0, 1))
    else if (keyword === 'search' || keyword === 'domain') parsed.search = values
    else if (keyword === 'options') parsed.options.push(...values)
    else parsed.others.push(line)
  }
  return parsed
}

function selectNameservers(
  { nameservers: wanted = [], withIpv6 = false }: ResolvConfRequest,
  host: Parsed,
): { nameservers: readonly string[]; warnings: string[] } {
  if (wanted.length > 0) return { nameservers: wanted, warnings: [] }
  const reachable = host.nameservers.filter((address) => isReachable(address, withIpv6))
  if (reachable.length > 0) return { nameservers: reachable, warnings: [] }
  const { ipv4, ipv6 } = defaultNameservers
  return {
    nameservers: withIpv6 ? [...ipv4, ...ipv6] : ipv4,
    warnings: ['No non-localhost DNS nameservers are left in resolv.conf. Using default external servers'],
  }
}

/** Neither the host's loopback nor an address of one of its links means the same in a container. */
function isReachable(text: string, withIpv6: boolean): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).range() !== 'loopback'
  if (!withIpv6 || !ipaddr.IPv6.isValid(text)) return false
  return !['loopback', 'linkLocal'].includes(ipaddr.IPv6.parse(text).range())
}

function override(wanted: readonly string[] | undefined, fromHost: readonly string[]): readonly string[] {
  return wanted !== undefined && wanted.length > 0 ? wanted : fromHost
}
