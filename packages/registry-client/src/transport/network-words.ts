import { messageOf, systemCode } from '@berth/stdx'

/** What people know these failures as: the words of the Go clients that most error searches start from. */
const wordsByCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
  ECONNRESET: 'read: connection reset by peer',
  EPIPE: 'write: broken pipe',
}

const unknownAuthority = 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
const tlsWords: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  CERT_HAS_EXPIRED: 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'tls: failed to verify certificate: x509: certificate is not valid for this host',
}

/** What OpenSSL says about an answer that is no TLS at all. */
const notTls = /wrong version number|packet length too long|http request/
const plainAnswer = 'http: server gave HTTP response to HTTPS client'

/** Says what went wrong on the way to `url`, and what to try next. */
export function networkWords(error: unknown, url: URL): { words: string; hint: string } {
  const code = systemCode(error) ?? ''
  const tls = code === 'EPROTO' && notTls.test(messageOf(error)) ? plainAnswer : tlsWords[code]
  if (tls) return { words: tls, hint: tlsHint(tls, url) }
  return { words: dialWords(code, error, url), hint: dialHint(code, url) }
}

function dialWords(code: string, error: unknown, url: URL): string {
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${url.hostname}: no such host`
  if (code === 'EAI_AGAIN') return `dial tcp: lookup ${url.hostname}: Temporary failure in name resolution`
  const words = wordsByCode[code]
  if (!words) return messageOf(error)
  return code.startsWith('E') && words.startsWith('connect')
    ? `dial tcp ${peerOf(error, url)}: ${words}`
    : words
}

function peerOf(error: unknown, url: URL): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const { address, port } = (first ?? {}) as { address?: string; port?: number }
  if (!address) return url.host
  return `${address.includes(':') ? `[${address}]` : address}:${port ?? url.port}`
}

function tlsHint(words: string, url: URL): string {
  if (words === plainAnswer) {
    return `${url.host} speaks plain HTTP; if that is meant, list it under "insecure-registries" in daemon.json.`
  }
  return `Install the registry's CA certificate on this machine, or list ${url.host} under "insecure-registries" in daemon.json.`
}

function dialHint(code: string, url: URL): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return 'Check the name and this machine\'s DNS; where Docker Hub cannot be reached, set "registry-mirrors" in daemon.json.'
  }
  return `Check that ${url.host} is up and that a firewall or proxy lets this machine reach it.`
}
