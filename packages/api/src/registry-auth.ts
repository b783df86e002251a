import type { AuthRequest } from './types/system.ts'

/** The value of X-Registry-Auth: base64url with padding of the JSON. */
export function encodeRegistryAuth(auth: AuthRequest): string {
  return padded(Buffer.from(JSON.stringify(auth)).toString('base64url'))
}

/** X-Registry-Auth to credentials. Absent or unreadable headers mean none, as engines ignore them on pull and push. */
export function decodeRegistryAuth(header: string | undefined): AuthRequest {
  if (!header) return {}
  try {
    const value: unknown = JSON.parse(Buffer.from(header, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}

function padded(text: string): string {
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}
