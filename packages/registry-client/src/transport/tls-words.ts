import type { TlsSettings } from './tls-settings.ts'
import { messageOf, systemCode } from '@berth/stdx'

/** What went wrong, and what to try next. */
export interface FailureWords {
  words: string
  hint: string
  /** The host has spoken: asking it again, or without TLS, is of no use. */
  isFinal: boolean
}

/** What OpenSSL says about an answer that is no TLS at all. */
const notTls = /wrong version number|packet length too long|http request/

/** What hosts say of a handshake (RFC 8446, section 6.2), in the words of Go's clients. */
const alerts: Readonly<Record<string, string>> = {
  40: 'handshake failure',
  42: 'bad certificate',
  43: 'unsupported certificate',
  44: 'revoked certificate',
  45: 'expired certificate',
  46: 'unknown certificate',
  48: 'unknown certificate authority',
  49: 'access denied',
  70: 'protocol version not supported',
  71: 'insufficient security level',
  112: 'unrecognized name',
  116: 'certificate required',
}
const aboutClientCertificate = new Set(['40', '42', '43', '44', '45', '46', '48', '49', '116'])
const aboutVersion = new Set(['70', '71'])

/** Words for a failure of TLS, after the field's Go clients; undefined for any other. */
export function tlsWords(error: unknown, url: URL, tls: TlsSettings): FailureWords | undefined {
  const message = messageOf(error)
  const code = systemCode(error) ?? ''
  const alert = /SSL alert number (\d+)/.exec(message)?.[1]
  if (alert !== undefined) return alertWords(alert, url, tls)
  if (code === 'EPROTO' && notTls.test(message)) {
    return {
      words: 'http: server gave HTTP response to HTTPS client',
      hint: `${url.host} speaks plain HTTP; if that is meant, list it under "insecure-registries" in daemon.json.`,
      isFinal: false,
    }
  }
  const [state, hint] = certificateFault(code, error, { url, tls }) ?? []
  if (state === undefined || hint === undefined) return undefined
  return { words: `tls: failed to verify certificate: x509: ${state}`, hint, isFinal: false }
}

function alertWords(alert: string, url: URL, { clients }: TlsSettings): FailureWords {
  const words = `remote error: tls: ${alerts[alert] ?? `alert ${alert}`}`
  return { words, hint: alertHint(alert, url, clients.length > 0), isFinal: true }
}

function alertHint(alert: string, { host }: URL, isShown: boolean): string {
  if (aboutVersion.has(alert)) return `${host} speaks only versions of TLS that are no longer safe.`
  if (!aboutClientCertificate.has(alert)) return `Look into the log of ${host}: it ended the handshake.`
  return isShown ? otherClientCertificate(host) : clientCertificateHint(host)
}

const clientCertificateHint = (host: string): string =>
  `${host} wants a client certificate: put it and its key into ${folderOf(host)} as client.cert and client.key.`

/** For a host that does not take the certificate that it is shown, or hangs up because of it. */
export const otherClientCertificate = (host: string): string =>
  `${host} may want another client certificate than the one in ${folderOf(host)}.`

const folderOf = (host: string): string => `/etc/berth/certs.d/${host}`

function certificateFault(
  code: string,
  error: unknown,
  { url, tls }: { url: URL; tls: TlsSettings },
): [state: string, hint: string] | undefined {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return ['certificate signed by unknown authority', authorityHint(url, tls)]
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return [
        'certificate has expired or is not yet valid',
        `The certificate of ${url.host} has to be renewed, unless the clock of this machine is wrong.`,
      ]
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return [
        nameFault(error, url),
        `Use a name that the certificate is for, or have one made for ${url.hostname}.`,
      ]
    default:
      return undefined
  }
}

function authorityHint({ host }: URL, { unusable }: TlsSettings): string {
  const [file] = unusable
  if (file !== undefined)
    return `${file} holds no certificate in PEM form ("openssl x509 -inform der" makes one of the binary form).`
  return `Put the certificate of its CA into ${folderOf(host)}/ca.crt, or list ${host} under "insecure-registries" in daemon.json.`
}

/** For whom the certificate is instead. */
function nameFault(error: unknown, { hostname }: URL): string {
  const { cert } = error as { cert?: { subjectaltname?: string } }
  const names = (cert?.subjectaltname ?? '').replaceAll(/(?:DNS|IP Address):/g, '')
  return names === ''
    ? `certificate is not valid for any names, but wanted to match ${hostname}`
    : `certificate is valid for ${names}, not ${hostname}`
}
