import { BlockList, isIP } from 'node:net'

/** Where requests go through a proxy, in the words of the usual environment variables. */
export interface ProxySettings {
  /** `http://[user:password@]host:port`, for `http:` URLs. */
  httpProxy?: string | undefined
  /** The same for `https:` URLs, by CONNECT. */
  httpsProxy?: string | undefined
  /** Comma-separated: hosts (with their subdomains), `.domain`, addresses, CIDR blocks, each with `:port` if wanted; `*` is all. */
  noProxy?: string | undefined
}

/** What the usual variables say, in lower case first, as other programs read them. */
export function environmentProxy(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string) => env[name.toLowerCase()] || env[name]
  return {
    httpProxy: read('HTTP_PROXY'),
    httpsProxy: read('HTTPS_PROXY'),
    noProxy: read('NO_PROXY'),
  }
}

/** The proxy for a URL; undefined when the host is met directly, as loopback always is. */
export function proxyFor(url: URL, settings: ProxySettings): string | undefined {
  const proxy = url.protocol === 'https:' ? settings.httpsProxy : settings.httpProxy
  if (!proxy || isExempt(url, settings.noProxy ?? '')) return undefined
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`
}

function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  if (host === 'localhost' || isInBlock(host, '127.0.0.0/8') || host === '::1') return true
  return noProxy
    .toLowerCase()
    .split(',')
    .map((entry) => entry.trim())
    .some((entry) => entry === '*' || (entry !== '' && isMatch(entry, host, port)))
}

function isMatch(entry: string, host: string, port: string): boolean {
  if (entry.includes('/')) return isInBlock(host, entry)
  const [, name = entry, wantedPort] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? []
  if (wantedPort !== undefined && wantedPort !== port) return false
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '')
  if (bare.startsWith('.')) return host.endsWith(bare)
  return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`))
}

function isInBlock(host: string, block: string): boolean {
  const [address = '', prefix = ''] = block.split('/')
  const family = isIP(address)
  const bits = Number(prefix)
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(prefix) || bits > (family === 6 ? 128 : 32))
    return false
  const type = family === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  list.addSubnet(address, bits, type)
  return list.check(host, type)
}
