import { RegistryError } from '../registry-error.ts'

/** Reads `Authorization: Basic` (RFC 7617); undefined when there is none of that kind, UNAUTHORIZED when it is malformed. */
export function parseBasic(header: string | undefined): { name: string; password: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) throw new RegistryError('UNAUTHORIZED')
  return { name: text.slice(0, colon), password: text.slice(colon + 1) }
}
