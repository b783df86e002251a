import { messageOf, systemCode } from '@berth/stdx'
import { proxyWords } from './proxy-words.ts'
import type { TlsSettings } from './tls-settings.ts'
import { otherClientCertificate, tlsWords, type FailureWords } from './tls-words.ts'

/** What people know these failures as: the words of the Go clients that most error searches start from. */
const wordsByCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
  ECONNRESET: 'read: connection reset by peer',
  EPIPE: 'write: broken pipe',
}

/** How a host was met. */
export interface Way {
  url: URL
  tls: TlsSettings
  /** `host:port` of the proxy in between. */
  proxy: string | undefined
}

/** Says what went wrong on the way to a host, and what to try next. */
export function networkWords(error: unknown, way: Way): FailureWords {
  const { url, proxy, tls } = way
  const met = tlsWords(error, url, tls)
  if (met) return met
  const words = dialWords(error, proxy ?? url.host)
  if (proxy !== undefined) return { isFinal: false, ...proxyWords(error, { url, proxy, words }) }
  return { words, hint: dialHint(systemCode(error) ?? '', way), isFinal: false }
}

function dialWords(error: unknown, host: string): string {
  const code = systemCode(error) ?? ''
  const { hostname = host } = error as { hostname?: string }
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${hostname}: no such host`
  if (code === 'EAI_AGAIN') return `dial tcp: lookup ${hostname}: Temporary failure in name resolution`
  const words = wordsByCode[code]
  // What OpenSSL says ends its lines.
  if (!words) return messageOf(error).trim().replaceAll(/\s+/g, ' ')
  return words.startsWith('connect') ? `dial tcp ${peerOf(error, host)}: ${words}` : words
}

function peerOf(error: unknown, host: string): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const { address, port } = (first ?? {}) as { address?: string; port?: number }
  if (!address) return host
  return `${address.includes(':') ? `[${address}]` : address}${port === undefined ? '' : `:${port}`}`
}

const dockerHubHost = /(?:^|\.)docker\.(?:io|com)$/

function dialHint(code: string, { url, tls }: Way): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return dockerHubHost.test(url.hostname)
      ? 'Check this machine\'s DNS; where Docker Hub cannot be reached, set "registry-mirrors" in daemon.json.'
      : "Check the name, and this machine's DNS."
  }
  if (code === 'ECONNRESET' && tls.clients.length > 0) return otherClientCertificate(url.host)
  if (code === 'ECONNREFUSED' && url.port === '')
    return `Nothing listens there on port ${url.protocol === 'http:' ? 80 : 443}; another port is written behind the host: ${url.hostname}:5000/….`
  return `Check that ${url.host} is up and that a firewall or proxy lets this machine reach it.`
}
