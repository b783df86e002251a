import type { ContainerConfig } from '@berth/api'
import { CodedError } from '@berth/stdx'
import type { ContainerFlagValues } from './container-flags.ts'

const settings = [
  'health-interval',
  'health-timeout',
  'health-retries',
  'health-start-period',
  'health-start-interval',
] as const

/** The health check that flags describe; undefined leaves it to the image. */
export function parseHealth(flags: ContainerFlagValues): ContainerConfig['Healthcheck'] {
  const command = flags['health-cmd']
  const isDescribed = command !== '' || settings.some((name) => flags[name] !== 0)
  if (flags['no-healthcheck']) {
    if (isDescribed)
      throw new CodedError('invalid-argument', '--no-healthcheck conflicts with --health-* options')
    return { Test: ['NONE'] }
  }
  if (!isDescribed) return undefined
  for (const name of settings) {
    if (flags[name] < 0) throw new CodedError('invalid-argument', `--${name} cannot be negative`)
  }
  return {
    ...(command === '' ? {} : { Test: ['CMD-SHELL', command] }),
    Interval: flags['health-interval'],
    Timeout: flags['health-timeout'],
    StartPeriod: flags['health-start-period'],
    StartInterval: flags['health-start-interval'],
    Retries: flags['health-retries'],
  }
}
