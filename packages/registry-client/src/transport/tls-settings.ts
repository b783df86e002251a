/** How a host is met over TLS: what is trusted and what is shown. */
export interface TlsSettings {
  /** Of a host that is listed as insecure. */
  isAnyCertificateAccepted: boolean
  /** PEM; trusted besides the machine's own certificates. */
  ca: readonly string[]
  /** PEM; shown when the host asks who connects. */
  clients: readonly { cert: string; key: string }[]
  /** Files that were to be trusted and hold no certificate. */
  unusable: readonly string[]
}

export const usualTls: TlsSettings = { isAnyCertificateAccepted: false, ca: [], clients: [], unusable: [] }
