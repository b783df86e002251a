import { findBadField, isListOf, isMapOf, isObject, isText, type FieldCheck } from './json-object.ts'

const isTime: FieldCheck = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))
const isNumber: FieldCheck = (value) => typeof value === 'number'
const isBoolean: FieldCheck = (value) => typeof value === 'boolean'

const imageFields: Readonly<Record<string, FieldCheck>> = {
  architecture: isText,
  os: isText,
  variant: isText,
  'os.version': isText,
  'os.features': isListOf(isText),
  created: isTime,
  author: isText,
  comment: isText,
  container: isText,
  docker_version: isText,
  config: isObject,
  history: isListOf(isObject),
}

const containerFields: Readonly<Record<string, FieldCheck>> = {
  User: isText,
  WorkingDir: isText,
  StopSignal: isText,
  Env: isListOf(isText),
  Entrypoint: isListOf(isText),
  Cmd: isListOf(isText),
  Shell: isListOf(isText),
  OnBuild: isListOf(isText),
  ExposedPorts: isObject,
  Volumes: isObject,
  Labels: isMapOf(isText),
  Healthcheck: isObject,
  ArgsEscaped: isBoolean,
}

const healthcheckFields: Readonly<Record<string, FieldCheck>> = {
  Test: isListOf(isText),
  Interval: isNumber,
  Timeout: isNumber,
  StartPeriod: isNumber,
  StartInterval: isNumber,
  Retries: isNumber,
}

const historyFields: Readonly<Record<string, FieldCheck>> = {
  created: isTime,
  created_by: isText,
  author: isText,
  comment: isText,
  empty_layer: isBoolean,
}

/** Path of the first field of an image config that holds what it may not, or undefined. Unknown fields hold anything. */
export function findBadConfigField(image: Readonly<Record<string, unknown>>): string | undefined {
  const bad = findBadField(image, imageFields)
  if (bad !== undefined) return bad
  const config = isObject(image['config']) ? image['config'] : {}
  const healthcheck = isObject(config['Healthcheck']) ? config['Healthcheck'] : {}
  const history = Array.isArray(image['history']) ? (image['history'] as Record<string, unknown>[]) : []
  const parts = [
    { place: 'config', value: config, checks: containerFields },
    { place: 'config.Healthcheck', value: healthcheck, checks: healthcheckFields },
    ...history.map((value, index) => ({ place: `history[${index}]`, value, checks: historyFields })),
  ]
  for (const { place, value, checks } of parts) {
    const field = findBadField(value, checks)
    if (field !== undefined) return `${place}.${field}`
  }
  return undefined
}
