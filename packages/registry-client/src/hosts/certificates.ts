import { createPrivateKey, X509Certificate } from 'node:crypto'
import { join, resolve } from 'node:path'
import { CodedError } from '@berth/stdx'
import type { TlsSettings } from '../transport/tls-settings.ts'
import type { HostEntry } from './hosts-file.ts'
import { listIfThere, readNamed } from './read-settings.ts'

/** Certificates for one host. */
export type Certificates = Pick<TlsSettings, 'ca' | 'clients' | 'unusable'>

/** Those in the folder of a host; a file that is to be trusted and holds none is told, since other programs pass it over. */
export async function certificatesIn(directory: string): Promise<Certificates> {
  const names = (await listIfThere(directory)).toSorted()
  const having = (extension: string) => names.filter((name) => name.endsWith(extension))
  const pairs = having('.cert').map((cert) => ({ cert, key: cert.replace(/\.cert$/, '.key') }))
  for (const { cert, key } of pairs) {
    if (!names.includes(key)) {
      throw unusable(
        `missing key ${key} for client certificate ${cert}. CA certificates must use the extension .crt`,
      )
    }
  }
  for (const key of having('.key')) {
    if (!pairs.some((pair) => pair.key === key))
      throw unusable(`missing client certificate ${key.replace(/\.key$/, '.cert')} for key ${key}`)
  }
  const path = (name: string) => join(directory, name)
  const authorities = await Promise.all(
    having('.crt').map(async (name) => ({ file: path(name), text: await readNamed(path(name)) })),
  )
  return {
    ca: authorities.filter(({ text }) => isCertificate(text)).map(({ text }) => text),
    unusable: authorities.filter(({ text }) => !isCertificate(text)).map(({ file }) => file),
    clients: await Promise.all(pairs.map(({ cert, key }) => readPair(path(cert), path(key)))),
  }
}

/** The certificates that an entry of a hosts.toml names. */
export async function certificatesOf(entry: HostEntry, directory: string): Promise<Certificates> {
  const path = (file: string) => resolve(directory, file)
  return {
    ca: await Promise.all(entry.caFiles.map((file) => readCertificate(path(file)))),
    unusable: [],
    clients: await Promise.all(
      entry.clientFiles.map(({ certFile, keyFile }) => readPair(path(certFile), path(keyFile))),
    ),
  }
}

/** What is wrong with a pair is told by its files: TLS would not name them. */
async function readPair(certFile: string, keyFile: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = await Promise.all([readCertificate(certFile), readNamed(keyFile)])
  if (!new X509Certificate(cert).checkPrivateKey(privateKey(key, keyFile)))
    throw unusable(`Cannot use ${certFile} with ${keyFile}: tls: private key does not match public key`)
  return { cert, key }
}

async function readCertificate(file: string): Promise<string> {
  const text = await readNamed(file)
  if (isCertificate(text)) return text
  throw unusable(`Cannot use ${file}: it holds no certificate in PEM form`)
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0
  } catch {
    return false
  }
}

function privateKey(text: string, file: string) {
  try {
    return createPrivateKey(text)
  } catch {
    // The reason could show a part of the text.
    throw unusable(`Cannot use ${file}: it holds no private key in PEM form, or one with a passphrase`)
  }
}

function unusable(state: string): CodedError {
  return new CodedError('failed-precondition', state)
}
