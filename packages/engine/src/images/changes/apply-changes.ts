import { posix } from 'node:path'
import type { ContainerDefaults } from '@berth/oci'
import { CodedError } from '@berth/stdx'
import { exposedPorts } from './exposed-ports.ts'
import { parseHealthcheck } from './healthcheck.ts'
import { splitWords } from './words.ts'

/** The parts of an instruction. */
interface Instruction {
  /** Upper case. */
  name: string
  /** What stands behind the name, trimmed. */
  rest: string
}

interface Changing {
  config: ContainerDefaults
  /** A CMD of the same list is kept when ENTRYPOINT follows; one from before was written for another program. */
  hasCmd: boolean
}

type Change = (rest: string, changing: Changing) => Partial<ContainerDefaults>

/**
 * A config with Dockerfile instructions applied, as `commit` and `import` take them: only those that change nothing but
 * the config. Each text may hold several lines. Throws `invalid-argument`, in Docker's words where there are such.
 */
export function applyChanges(config: ContainerDefaults, changes: readonly string[]): ContainerDefaults {
  const changing: Changing = { config: { ...config }, hasCmd: false }
  for (const { name, rest } of changes.flatMap(parseInstructions)) {
    const change = Object.hasOwn(known, name) ? known[name] : undefined
    if (!change) throw invalid(`${name.toLowerCase()} is not a valid change command`)
    if (rest === '') throw invalid(`${name} requires at least one argument`)
    changing.config = { ...changing.config, ...change(rest, changing) }
    if (name === 'CMD') changing.hasCmd = true
  }
  return changing.config
}

/** Lines that end in a backslash go on in the next one; lines that begin with `#` say nothing. */
function parseInstructions(text: string): Instruction[] {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\[ \t]*\n/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const name = /^\S+/.exec(line)?.[0] ?? ''
      return { name: name.toUpperCase(), rest: line.slice(name.length).trim() }
    })
}

const known: Readonly<Record<string, Change>> = {
  CMD: (rest, { config }) => ({ Cmd: command(rest, config) }),
  ENTRYPOINT: (rest, { config, hasCmd }) => ({
    Entrypoint: command(rest, config),
    ...(hasCmd ? {} : { Cmd: null }),
  }),
  ENV: (rest, { config }) => {
    const variables = variablesOf(config)
    return { Env: formatVariables(new Map([...variables, ...pairs(rest, 'ENV', variables)])) }
  },
  EXPOSE: (rest, { config }) => ({
    ExposedPorts: { ...config.ExposedPorts, ...asSet(exposedPorts(words(rest, config))) },
  }),
  LABEL: (rest, { config }) => ({
    Labels: { ...config.Labels, ...Object.fromEntries(pairs(rest, 'LABEL', variablesOf(config))) },
  }),
  USER: (rest, { config }) => ({ User: one(rest, 'USER', config) }),
  VOLUME: (rest, { config }) => ({
    Volumes: { ...config.Volumes, ...asSet(volumes(parseList(rest) ?? words(rest, config))) },
  }),
  WORKDIR: (rest, { config }) => ({
    WorkingDir: posix.resolve(config.WorkingDir || '/', one(rest, 'WORKDIR', config)),
  }),
  ONBUILD: (rest, { config }) => ({ OnBuild: [...(config.OnBuild ?? []), trigger(rest)] }),
  STOPSIGNAL: (rest, { config }) => ({ StopSignal: one(rest, 'STOPSIGNAL', config) }),
  HEALTHCHECK: (rest) => ({ Healthcheck: parseHealthcheck(rest, parseList) }),
  SHELL: (rest) => {
    const shell = parseList(rest)
    if (!shell?.length) throw invalid('SHELL requires the arguments to be in JSON form')
    return { Shell: shell }
  },
}

const defaultShell = ['/bin/sh', '-c']

/** A JSON list is the command itself; any other text is for the shell. */
const command = (rest: string, { Shell }: ContainerDefaults): string[] =>
  parseList(rest) ?? [...(Shell ?? defaultShell), rest]

function parseList(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    const value = JSON.parse(text) as unknown
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
  } catch {
    return undefined
  }
}

const words = (rest: string, config: ContainerDefaults): string[] =>
  splitWords(rest, { variables: variablesOf(config) })

function one(rest: string, name: string, config: ContainerDefaults): string {
  const [word, ...others] = words(rest, config)
  if (word === undefined || others.length > 0) throw invalid(`${name} requires exactly one argument`)
  return word
}

function pairs(rest: string, name: string, variables: ReadonlyMap<string, string>): [string, string][] {
  const isOld = /^[^\s=]+\s/.test(rest)
  if (isOld) {
    // The form of one pair without `=`: everything behind the key is the value.
    const [key = '', ...value] = rest.split(/\s+/)
    if (value.length === 0) throw invalid(`${name} must have two arguments`)
    return [[key, splitWords(rest.slice(key.length).trim(), { variables }).join(' ')]]
  }
  return splitWords(rest, { variables }).map((word) => {
    const equals = word.indexOf('=')
    if (equals < 0)
      throw invalid(`Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`)
    if (equals === 0) throw invalid(`${name} names can not be blank`)
    return [word.slice(0, equals), word.slice(equals + 1)]
  })
}

function variablesOf({ Env }: ContainerDefaults): Map<string, string> {
  return new Map(
    (Env ?? []).map((variable): [string, string] => {
      const equals = variable.indexOf('=')
      return equals < 0 ? [variable, ''] : [variable.slice(0, equals), variable.slice(equals + 1)]
    }),
  )
}

const formatVariables = (variables: ReadonlyMap<string, string>): string[] =>
  [...variables].map(([name, value]) => `${name}=${value}`)

function volumes(paths: readonly string[]): readonly string[] {
  if (paths.some((path) => path.trim() === '')) throw invalid('VOLUME specified can not be an empty string')
  return paths
}

function trigger(rest: string): string {
  const name = rest.split(/\s/, 1)[0]?.toUpperCase() ?? ''
  if (name === 'ONBUILD') throw invalid("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
  if (name === 'FROM' || name === 'MAINTAINER') throw invalid(`${name} isn't allowed as an ONBUILD trigger`)
  return rest
}

const asSet = (keys: readonly string[]): Record<string, Record<string, never>> =>
  Object.fromEntries(keys.map((key) => [key, {}]))

const invalid = (message: string): CodedError => new CodedError('invalid-argument', message)
