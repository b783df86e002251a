import { CodedError } from '@berth/stdx'

/** What is told of a path in a container, in the header of replies about it. */
export interface PathStat {
  /** Its last component. */
  name: string
  size: number
  /** Go's, see `goFileMode`. */
  mode: number
  /** RFC 3339. */
  mtime: string
  /** Where a link leads in the end, from the container's root; else empty. */
  linkTarget: string
}

/** Name of the header; node:http gives it in small letters. */
export const pathStatHeader = 'X-Docker-Container-Path-Stat'

/** JSON in standard base64. */
export const formatPathStat = (stat: PathStat): string => Buffer.from(JSON.stringify(stat)).toString('base64')

/** Throws `internal` for what is no such header: an engine that sends it is none. */
export function parsePathStat(header: string): PathStat {
  try {
    const { name, size, mode, mtime, linkTarget } = JSON.parse(
      Buffer.from(header, 'base64').toString(),
    ) as PathStat
    if (typeof mode === 'number') return { name, size, mode, mtime, linkTarget }
  } catch {
    // Said below.
  }
  throw new CodedError('internal', `Cannot read the engine's reply: bad ${pathStatHeader}`)
}
