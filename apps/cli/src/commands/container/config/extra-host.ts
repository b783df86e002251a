import { CodedError } from '@berth/stdx'
import { isIP } from 'node:net'

/** `host:ip`, or `host=ip` with the address in brackets or not, as the engine takes it. */
export function parseExtraHost(text: string): string {
  const [, name = '', address = ''] = /^([^:=]+)[:=](.+)$/.exec(text) ?? []
  if (name === '')
    throw new CodedError('invalid-argument', `bad format for add-host: ${JSON.stringify(text)}`)
  const plain = address.replace(/^\[(.*)\]$/, '$1')
  if (plain !== 'host-gateway' && isIP(plain) === 0) {
    throw new CodedError('invalid-argument', `invalid IP address in add-host: ${JSON.stringify(plain)}`)
  }
  return `${name}:${plain}`
}
