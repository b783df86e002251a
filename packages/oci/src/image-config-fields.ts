/** What a field may hold; null stands for left out, as Go's encoders write it. */
type FieldCheck = (value: unknown) => boolean

const isText: FieldCheck = (value) => typeof value === 'string'
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isListOf =
  (isEntry: FieldCheck): FieldCheck =>
  (value) =>
    Array.isArray(value) && value.every(isEntry)
const isMapOf =
  (isEntry: FieldCheck): FieldCheck =>
  (value) =>
    isObject(value) && Object.values(value).every(isEntry)
const isTime: FieldCheck = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))

const imageFields: Readonly<Record<string, FieldCheck>> = {
  created: isTime,
  author: isText,
  comment: isText,
  docker_version: isText,
  variant: isText,
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
}

const historyFields: Readonly<Record<string, FieldCheck>> = {
  created: isTime,
  created_by: isText,
  author: isText,
  comment: isText,
  empty_layer: (value) => typeof value === 'boolean',
}

/** Path of the first field of an image config that holds what it may not, or undefined. Unknown fields hold anything. */
export function findBadField(config: Readonly<Record<string, unknown>>): string | undefined {
  const bad = badFieldOf(config, imageFields)
  if (bad !== undefined) return bad
  const inContainer = isObject(config['config']) ? badFieldOf(config['config'], containerFields) : undefined
  if (inContainer !== undefined) return `config.${inContainer}`
  const history = Array.isArray(config['history']) ? (config['history'] as Record<string, unknown>[]) : []
  for (const [index, entry] of history.entries()) {
    const inEntry = badFieldOf(entry, historyFields)
    if (inEntry !== undefined) return `history[${index}].${inEntry}`
  }
  return undefined
}

function badFieldOf(
  value: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, FieldCheck>>,
): string | undefined {
  return Object.keys(checks).find((name) => value[name] != null && !checks[name]?.(value[name]))
}
