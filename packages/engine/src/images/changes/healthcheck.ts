import { parseGoDuration } from '@berth/api'
import type { Healthcheck } from '@berth/oci'
import { CodedError } from '@berth/stdx'

const durations: Readonly<Record<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'>> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
}

/** `HEALTHCHECK [--option=value …] CMD command` or `HEALTHCHECK NONE`. */
export function parseHealthcheck(
  text: string,
  parseList: (command: string) => string[] | undefined,
): Healthcheck {
  const options: Healthcheck = {}
  let rest = text
  for (let flag = takeFlag(rest); flag; flag = takeFlag(rest)) {
    Object.assign(options, parseOption(flag))
    rest = rest.slice(flag.length).trim()
  }
  const [kind = ''] = rest.split(/\s/, 1)
  const command = rest.slice(kind.length).trim()
  if (kind.toUpperCase() === 'NONE') {
    if (command !== '') throw invalid('HEALTHCHECK NONE takes no arguments')
    return { Test: ['NONE'] }
  }
  if (kind.toUpperCase() !== 'CMD')
    throw invalid(`Unknown type ${JSON.stringify(kind)} in HEALTHCHECK (try CMD)`)
  if (command === '') throw invalid('Missing command after HEALTHCHECK CMD')
  const list = parseList(command)
  return { ...options, Test: list ? ['CMD', ...list] : ['CMD-SHELL', command] }
}

const takeFlag = (text: string): string | undefined => /^--\S+/.exec(text)?.[0]

function parseOption(flag: string): Healthcheck {
  const [name = '', value = ''] = flag.slice(2).split(/=(.*)/s)
  if (name === 'retries') {
    const retries = Number(value)
    if (!Number.isInteger(retries) || retries < 0 || value === '')
      throw invalid(`--retries must be at least 1 (not ${value})`)
    return { Retries: retries }
  }
  const field = Object.hasOwn(durations, name) ? durations[name] : undefined
  if (!field) throw invalid(`unknown flag: --${name}`)
  return { [field]: parseGoDuration(value) }
}

const invalid = (message: string): CodedError => new CodedError('invalid-argument', message)
