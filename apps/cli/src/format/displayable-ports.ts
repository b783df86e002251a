import type { ContainerPort } from '@berth/api'

interface Range {
  ip: string
  type: string
  first: number
  last: number
}

/** `0.0.0.0:80->80/tcp, 9000-9002/udp`: neighbours that map to themselves are joined, others follow. */
export function displayablePorts(ports: readonly ContainerPort[]): string {
  const open = new Map<string, Range>()
  const done: string[] = []
  const moved: string[] = []
  for (const { IP = '', PrivatePort, PublicPort, Type } of [...ports].sort(comparePorts)) {
    if (IP !== '' && PublicPort !== PrivatePort) {
      moved.push(`${hostOf(IP)}:${PublicPort}->${PrivatePort}/${Type}`)
      continue
    }
    const key = `${IP}/${Type}`
    const range = open.get(key)
    if (range?.last === PrivatePort - 1) range.last = PrivatePort
    else {
      if (range) done.push(formatRange(range))
      open.set(key, { ip: IP, type: Type, first: PrivatePort, last: PrivatePort })
    }
  }
  return [...done, ...[...open.values()].map(formatRange), ...moved].join(', ')
}

function comparePorts(a: ContainerPort, b: ContainerPort): number {
  return (
    a.PrivatePort - b.PrivatePort ||
    compareText(a.IP ?? '', b.IP ?? '') ||
    (a.PublicPort ?? 0) - (b.PublicPort ?? 0) ||
    compareText(a.Type, b.Type)
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function formatRange({ ip, type, first, last }: Range): string {
  const ports = first === last ? String(first) : `${first}-${last}`
  return ip === '' ? `${ports}/${type}` : `${hostOf(ip)}:${ports}->${ports}/${type}`
}

function hostOf(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip
}
