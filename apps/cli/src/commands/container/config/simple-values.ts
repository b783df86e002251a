import { CodedError } from '@berth/stdx'
import { isIP } from 'node:net'

/** A stream that can be attached, in any case. */
export function parseStreamName(text: string): string {
  const name = text.toLowerCase()
  if (['stdin', 'stdout', 'stderr'].includes(name)) return name
  throw invalid('valid streams are STDIN, STDOUT and STDERR')
}

export function checkAddress(text: string): void {
  if (isIP(text.trim()) === 0) throw invalid(`IP address is not correctly formatted: ${text}`)
}

/** What belongs to a namespace of its own; the rest would change the host. */
const sysctlNames = new Set(
  'msgmax msgmnb msgmni sem shmall shmmax shmmni shm_rmid_forced'.split(' ').map((name) => `kernel.${name}`),
)

export function checkSysctl(text: string): void {
  const [name = '', value] = text.split('=', 2)
  const isKnown = sysctlNames.has(name) || name.startsWith('net.') || name.startsWith('fs.mqueue.')
  if (value === undefined || !isKnown) throw invalid(`sysctl '${text}' is not allowed`)
}

export function checkMacAddress(text: string): void {
  if (text !== '' && !/^[\da-f]{2}([:-][\da-f]{2}){5}$/i.test(text))
    throw invalid(`${text} is not a valid mac address`)
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message)
}
