import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { ServerCertificate } from '@berth/registry-server'
import { CodedError } from '@berth/stdx'
import type { TlsSettings } from './access-settings.ts'
import { readGivenFile, refusedFile } from './given-file.ts'

/** Reads certificate and key; throws `invalid-argument` for what no server could use. */
export async function readServerCertificate(settings: TlsSettings): Promise<ServerCertificate> {
  const certificateFile = { flag: '--tls-cert', path: settings.certificateFile }
  const keyFile = { flag: '--tls-key', path: settings.keyFile }
  const cert = await readGivenFile(certificateFile)
  const key = await readGivenFile(keyFile)
  try {
    createSecureContext({ cert })
  } catch (error) {
    throw refusedFile(certificateFile, 'it is no certificate in PEM', error)
  }
  try {
    createSecureContext({ key })
  } catch (error) {
    throw refusedFile(keyFile, 'it is no private key in PEM without a passphrase', error)
  }
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    const { subject } = new X509Certificate(cert)
    throw new CodedError(
      'invalid-argument',
      `Cannot use ${keyFile.path} of --tls-key: it is not the key of ${certificateFile.path} (${subject})`,
      {
        cause: error,
        hint: "The first certificate of --tls-cert is the server's own, those that signed it come after.",
      },
    )
  }
  return { cert, key }
}
