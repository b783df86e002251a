import { CodedError } from '@berth/stdx'
import { parseHostsFile, type Capability } from './hosts-file.ts'
import { tomlHeaders } from './parse-toml.ts'

/** A host of a hosts.toml as people write it. */
export interface NamedHost {
  /** Without a slash at the end. */
  url: string
  capabilities: readonly Capability[]
}

const anyServer = 'https://registry.invalid'

/** The hosts of a hosts.toml in their order; throws `invalid-argument`. */
export function hostsIn(text: string): NamedHost[] {
  return parseHostsFile(text, anyServer).hosts.map(({ url, capabilities }) => ({
    url: bare(url.href),
    capabilities: [...capabilities],
  }))
}

/**
 * The text of a hosts.toml with these hosts, in this order, and no others. Whatever else it says stays as it is written, also
 * what it says of a host that stays. Throws `invalid-argument` for a text that is no hosts.toml, `failed-precondition` for
 * one that names hosts in a form that cannot be moved about (`host."https://…".ca = …`).
 */
export function withHosts(text: string, urls: readonly string[]): string {
  const { kept, byUrl } = sectionsOf(text)
  const wanted = urls.map(bare)
  const hosts = wanted.map(
    (url) => byUrl.get(url) ?? `\n[host.${JSON.stringify(url)}]\n  capabilities = ["pull", "resolve"]\n`,
  )
  const edited = [kept, ...hosts].map(withLineEnd).join('').replace(/^\n+/, '')
  const found = hostsIn(edited).map(({ url }) => url)
  if (found.length === wanted.length && found.every((url, index) => url === wanted[index])) return edited
  throw new CodedError('failed-precondition', 'it names hosts outside of tables of their own', {
    hint: 'Change it by hand, or write each host as [host."https://…"] first.',
  })
}

/** What belongs to each host, and all the rest. */
function sectionsOf(text: string): { kept: string; byUrl: Map<string, string> } {
  const content = text.replace(/^\uFEFF/, '')
  const headers = tomlHeaders(content)
  let kept = content.slice(0, headers[0]?.offset)
  const byUrl = new Map<string, string>()
  for (const [index, { path, offset }] of headers.entries()) {
    const section = content.slice(offset, headers[index + 1]?.offset)
    const [table, host] = path
    if (table === 'host' && host !== undefined) {
      const url = bare(URL.parse(host)?.href ?? host)
      byUrl.set(url, withLineEnd(byUrl.get(url) ?? '') + section)
    } else kept = withLineEnd(kept) + section
  }
  return { kept, byUrl }
}

const bare = (url: string): string => url.replace(/\/+$/, '')

const withLineEnd = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
