import type { DeviceMapping, DeviceRequest } from '@berth/api'
import { CodedError } from '@berth/stdx'
import { isAbsolute, posix } from 'node:path'
import { parseCsvLine } from './csv-line.ts'

/** `/dev/x[:/dev/y][:rwm]`. */
export function parseDevice(text: string): DeviceMapping {
  const parts = text.split(':')
  if (parts.length > 3 || parts[0] === '') throw invalid(`bad format for path: ${text}`)
  const [source = '', second, third] = parts
  if (third !== undefined && !isMode(third)) throw invalid(`bad mode specified: ${third}`)
  const mode = third ?? (second !== undefined && isMode(second) ? second : 'rwm')
  const target = second === undefined || (third === undefined && isMode(second)) ? source : second
  if (!isAbsolute(target)) throw invalid(`${target} is not an absolute path`)
  return { PathOnHost: source, PathInContainer: posix.normalize(target), CgroupPermissions: mode }
}

function isMode(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length
}

const rule = /^[acb] (\d+|\*):(\d+|\*) [rwm]{1,3}$/

/** `c 1:3 mr`. */
export function checkDeviceRule(text: string): void {
  if (!rule.test(text)) throw invalid(`invalid device cgroup format '${text}'`)
}

/** `all`, a count, or `device=0,capabilities=compute`. */
export function parseGpus(text: string): DeviceRequest {
  const request: DeviceRequest = {
    Driver: '',
    Count: 0,
    DeviceIDs: null,
    Capabilities: [['gpu']],
    Options: {},
  }
  for (const field of parseCsvLine(text)) {
    const [key = '', value] = field.split('=', 2)
    if (value === undefined) request.Count = parseCount(key)
    else if (key === 'driver') request.Driver = value
    else if (key === 'count') request.Count = parseCount(value)
    else if (key === 'device') request.DeviceIDs = value.split(',')
    else if (key === 'capabilities') request.Capabilities = [[...value.split(','), 'gpu']]
    else if (key === 'options')
      request.Options = Object.fromEntries(value.split(',').map((pair) => pair.split('=', 2)))
    else throw invalid(`unexpected key '${key}' in '${field}'`)
  }
  return request
}

function parseCount(text: string): number {
  if (text === 'all') return -1
  if (!/^\d+$/.test(text))
    throw invalid(`invalid count (${text}): value must be either "all" or an integer: invalid syntax`)
  return Number(text)
}

function invalid(message: string): CodedError {
  return new CodedError('invalid-argument', message)
}
