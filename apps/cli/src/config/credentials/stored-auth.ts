import type { AuthRequest } from '@berth/api'

/** Credentials in config.json: `auth` is base64 of `user:password`. */
export function decodeStoredAuth({ auth = '', ...rest }: AuthRequest): AuthRequest {
  const [, username, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth, 'base64').toString()) ?? []
  return {
    ...rest,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined || password === '' ? {} : { password: password.replace(/\0+$/, '') }),
  }
}

export function encodeStoredAuth({ username = '', password = '', identitytoken }: AuthRequest): AuthRequest {
  const pair = username === '' && password === '' ? '' : `${username}:${password}`
  return {
    ...(pair === '' ? {} : { auth: Buffer.from(pair).toString('base64') }),
    ...(identitytoken ? { identitytoken } : {}),
  }
}
