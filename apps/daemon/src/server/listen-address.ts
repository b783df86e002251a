import { CodedError } from '@berth/stdx'

/** Where the API is served. */
export type ListenAddress =
  | { kind: 'unix'; path: string }
  | { kind: 'tcp'; host: string; port: number }
  /** Sockets that systemd opened: `fd://` is all of them, `fd://3` one. */
  | { kind: 'fd'; fd: number | undefined }

const defaultSocket = '/run/berth/berth.sock'
const ports = { plain: 2375, tls: 2376 }

/** Reads a value of `-H` by dockerd's rules; throws `invalid-argument`. */
export function parseListenAddress(text: string, { isTls }: { isTls: boolean }): ListenAddress {
  const [, scheme = 'tcp', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(text.trim()) ?? []
  switch (scheme) {
    case 'unix':
      return { kind: 'unix', path: rest === '' ? defaultSocket : checkedPath(rest, text) }
    case 'tcp':
      return parseTcp(rest, { text, isTls })
    case 'fd':
      if (rest !== '' && !/^\d{1,4}$/.test(rest)) throw invalid(text)
      return { kind: 'fd', fd: rest === '' ? undefined : Number(rest) }
    default:
      throw invalid(text)
  }
}

function checkedPath(path: string, text: string): string {
  // sun_path of sockaddr_un holds 108 bytes with its end; Node would cut a longer one without a word.
  if (!path.startsWith('/') || Buffer.byteLength(path) > 107) throw invalid(text)
  return path
}

function parseTcp(rest: string, { text, isTls }: { text: string; isTls: boolean }): ListenAddress {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/[\]]*))(?::(\d{1,5}))?$/.exec(rest)
  const port = match?.[3] === undefined ? (isTls ? ports.tls : ports.plain) : Number(match[3])
  if (!match || port > 65_535) throw invalid(text)
  return { kind: 'tcp', host: match[1] ?? (match[2] || 'localhost'), port }
}

/** The address as `-H` takes it. */
export function formatListenAddress(address: ListenAddress): string {
  switch (address.kind) {
    case 'unix':
      return `unix://${address.path}`
    case 'tcp':
      return `tcp://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
    case 'fd':
      return `fd://${address.fd ?? ''}`
    default:
      return address satisfies never
  }
}

function invalid(text: string): CodedError {
  return new CodedError('invalid-argument', `invalid bind address format: ${text}`, {
    hint: 'A host looks like unix:///run/berth/berth.sock, tcp://127.0.0.1:2375 or fd://.',
  })
}
