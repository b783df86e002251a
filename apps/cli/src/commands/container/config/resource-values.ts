import { parseBinarySize, type ThrottleDevice, type Ulimit, type WeightDevice } from '@berth/api'
import { CodedError } from '@berth/stdx'
import type { Flag } from '../../../command/flag.ts'

const nanoPerCpu = 1e9
const weightMin = 10
const weightMax = 1000

/** `--cpus 1.5`, in billionths. */
export const cpusFlag: Flag<number> = {
  kind: 'decimal',
  description: 'Number of CPUs',
  initial: 0,
  parse(text) {
    const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
    if (Number.isNaN(value)) throw invalid(`failed to parse ${text} as a rational number`)
    const nano = value * nanoPerCpu
    if (!Number.isInteger(Number(nano.toPrecision(15)))) throw invalid('value is too precise')
    return Math.round(nano)
  },
}

/** `--memory-swap`: a size, or -1 for no limit. */
export const memorySwapFlag: Flag<number> = {
  kind: 'bytes',
  description: "Swap limit equal to memory plus swap: '-1' to enable unlimited swap",
  initial: 0,
  parse: (text) => (text === '-1' ? -1 : parseBinarySize(text)),
}

/** `/dev/sda:1mb`. */
export function parseRateBytes(text: string): ThrottleDevice {
  const { path, value } = splitDevice(text)
  try {
    return { Path: path, Rate: parseBinarySize(value) }
  } catch {
    throw invalid(
      `invalid rate for device: ${text}. The correct format is <device-path>:<number>[<unit>]. ` +
        'Number must be a positive integer. Unit is optional and can be kb, mb, or gb',
    )
  }
}

/** `/dev/sda:1000`. */
export function parseRateOperations(text: string): ThrottleDevice {
  const { path, value } = splitDevice(text)
  if (!/^\d+$/.test(value)) {
    throw invalid(
      `invalid rate for device: ${text}. The correct format is <device-path>:<number>. Number must be a positive integer`,
    )
  }
  return { Path: path, Rate: Number(value) }
}

/** `/dev/sda:200`. */
export function parseWeightDevice(text: string): WeightDevice {
  const { path, value } = splitDevice(text)
  const weight = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (weight !== 0 && !(weight >= weightMin && weight <= weightMax))
    throw invalid(`invalid weight for device: ${text}`)
  return { Path: path, Weight: weight }
}

function splitDevice(text: string): { path: string; value: string } {
  const colon = text.indexOf(':')
  if (colon <= 0) throw invalid(`bad format: ${text}`)
  const path = text.slice(0, colon)
  if (!path.startsWith('/dev/')) throw invalid(`bad format for device path: ${text}`)
  return { path, value: text.slice(colon + 1) }
}

const ulimitNames = new Set(
  'as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(
    ' ',
  ),
)

/** `nofile=1024:2048`; -1 is unlimited, one number is both limits. */
export function parseUlimit(text: string): Ulimit {
  const equals = text.indexOf('=')
  if (equals < 0) throw invalid(`invalid ulimit argument: ${text}`)
  const name = text.slice(0, equals)
  if (!ulimitNames.has(name)) throw invalid(`invalid ulimit type: ${name}`)
  const limits = text.slice(equals + 1).split(':')
  if (limits.length > 2)
    throw invalid(
      `too many limit value arguments - ${text.slice(equals + 1)}, can only have up to two, \`soft[:hard]\``,
    )
  const [soft = 0, hard = soft] = limits.map(parseLimit)
  if (hard !== -1 && (soft === -1 || soft > hard)) {
    throw invalid(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`)
  }
  return { Name: name, Soft: soft, Hard: hard }
}

function parseLimit(text: string): number {
  if (!/^-?\d+$/.test(text))
    throw invalid(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message)
}
