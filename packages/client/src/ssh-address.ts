import { CodedError } from '@berth/stdx'

/** `ssh://[user@]host[:port][/socket]`. What is not given is ''. */
export interface SshAddress {
  kind: 'ssh'
  user: string
  hostname: string
  port: string
  /** Of the engine's socket over there. */
  path: string
}

/** Throws `invalid-argument`; a password has no place in an address that is shown and logged. */
export function parseSshAddress(host: string): SshAddress {
  const url = URL.parse(host)
  if (!url || url.hostname === '' || url.search !== '' || url.hash !== '')
    throw invalid('it has to be ssh://[user@]host[:port][/socket]')
  if (url.password !== '') throw invalid('a password in it is not supported')
  const path = url.pathname === '/' ? '' : url.pathname
  if (!/^[\w./+-]*$/.test(path))
    throw invalid(`the socket ${JSON.stringify(path)} has characters that shells mind`)
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  return { kind: 'ssh', user: decodeURIComponent(url.username), hostname, port: url.port, path }
}

function invalid(why: string): CodedError {
  return new CodedError('invalid-argument', `invalid SSH URL: ${why}`)
}
