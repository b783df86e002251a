import { CodedError } from '@berth/stdx'

const protocols = ['tcp', 'udp', 'sctp']
const portMax = 65_535

/** `80`, `53/udp` and `8000-8010` as Docker keeps them: one key a port, with its protocol. */
export function exposedPorts(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const [range = '', protocol = 'tcp', ...rest] = word.split('/')
    const ends = /^(\d+)(?:-(\d+))?$/.exec(range)
    const first = Number(ends?.[1])
    const last = Number(ends?.[2] ?? first)
    if (!ends || rest.length > 0 || first > last || last > portMax)
      throw new CodedError('invalid-argument', `invalid containerPort: ${word}`)
    if (!protocols.includes(protocol.toLowerCase()))
      throw new CodedError('invalid-argument', `invalid proto: ${protocol}`)
    return Array.from(
      { length: last - first + 1 },
      (_, index) => `${first + index}/${protocol.toLowerCase()}`,
    )
  })
}
