import { encodeFrame } from '@berth/api'
import { CodedError, systemCode } from '@berth/stdx'
import { watch } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseInstant } from '../parse-instant.ts'
import type { ContainerContext } from './container-context.ts'
import { isRunning, type ContainerRecord } from './record/container-record.ts'
import { getContainer } from './record/find-container.ts'
import { logFiles, LogFileReader, type LogEntry } from './streams/log-file.ts'
import { logPath } from './process/container-files.ts'

export interface LogsOptions {
  stdout: boolean
  stderr: boolean
  follow: boolean
  timestamps: boolean
  details: boolean
  /** Docker's instants; empty text means no limit. */
  since: string
  until: string
  /** `all` or a number of lines. */
  tail: string
  signal: AbortSignal
}

export interface Logs {
  /** A terminal's bytes come raw, other output in frames. */
  isTerminal: boolean
  body: AsyncIterable<Uint8Array>
}

/** A safety net under the file watch: a lost notice costs this long. */
const pollMs = 1000

/** What a container has written, from its log. Throws before the first byte when nothing can be read. */
export function readLogs(context: ContainerContext, nameOrId: string, options: LogsOptions): Logs {
  const record = getContainer(context.containers, nameOrId)
  if (!options.stdout && !options.stderr) {
    throw new CodedError('invalid-argument', 'Bad parameters: you must choose at least one stream')
  }
  if (record.hostConfig.LogConfig.Type === 'none') {
    throw new CodedError('not-implemented', 'configured logging driver does not support reading')
  }
  const window = {
    sinceMs: instant(options.since) ?? -Infinity,
    untilMs: instant(options.until) ?? Infinity,
  }
  const isWanted = (entry: LogEntry) =>
    options[entry.stream] &&
    Date.parse(entry.time) >= window.sinceMs &&
    Date.parse(entry.time) <= window.untilMs
  const isTerminal = record.config.Tty
  return {
    isTerminal,
    body: body(context, record, { options, isWanted, render: renderer(options, { record, isTerminal }) }),
  }
}

const instant = (text: string): number | undefined =>
  text === '' || text === '0' ? undefined : parseInstant(text)

interface Reading {
  options: LogsOptions
  isWanted: (entry: LogEntry) => boolean
  render: (entry: LogEntry) => Uint8Array
}

async function* body(
  context: ContainerContext,
  record: ContainerRecord,
  reading: Reading,
): AsyncGenerator<Uint8Array> {
  const path = logPath(context, record.id)
  const { options, isWanted, render } = reading
  await using stack = new AsyncDisposableStack()
  let current: LogFileReader | undefined
  const past: LogEntry[] = []
  const tail = tailCount(options.tail)
  for (const file of await logFiles(path, exists)) {
    const reader = await LogFileReader.open(file)
    if (!reader) continue
    stack.use(reader)
    current = reader
    for await (const entry of reader.entries()) {
      if (!isWanted(entry)) continue
      if (tail === undefined) yield render(entry)
      else remember(past, entry, tail)
    }
  }
  for (const entry of past) yield render(entry)
  if (!options.follow) return
  for await (const entry of follow(context, { id: record.id, path, from: current, signal: options.signal })) {
    if (isWanted(entry)) yield render(entry)
  }
}

function tailCount(tail: string): number | undefined {
  return /^\d+$/.test(tail) ? Number(tail) : undefined
}

function remember(past: LogEntry[], entry: LogEntry, tail: number): void {
  past.push(entry)
  if (past.length > tail) past.shift()
}

/** New entries until the container has ended and all of them were read; goes on across a rotation. */
async function* follow(
  context: ContainerContext,
  {
    id,
    path,
    from,
    signal,
  }: { id: string; path: string; from: LogFileReader | undefined; signal: AbortSignal },
): AsyncGenerator<LogEntry> {
  await using stack = new AsyncDisposableStack()
  let reader = from
  const changes = new ChangeWatch(dirname(path), signal)
  stack.defer(() => changes.close())
  for (;;) {
    const record = context.containers.find(id)
    const isOver = !record || (!isRunning(record) && record.state.status !== 'restarting')
    if (reader) yield* reader.entries()
    const newest = await LogFileReader.open(path)
    if (newest && newest.inode !== reader?.inode) {
      // Rotated: what was written to the old file after the last read comes first.
      if (reader) yield* reader.entries()
      reader = stack.use(newest)
      continue
    }
    await newest?.[Symbol.asyncDispose]()
    if (isOver || signal.aborted) return
    await changes.next()
  }
}

/** Wakes its reader when something in a directory changes, at least once a second. */
class ChangeWatch {
  readonly #signal: AbortSignal
  readonly #watcher
  #hasChanged = false
  #wake: (() => void) | undefined

  constructor(directory: string, signal: AbortSignal) {
    this.#signal = signal
    this.#watcher = watch(directory, () => this.#notice())
    this.#watcher.on('error', () => this.#notice())
    signal.addEventListener('abort', () => this.#notice(), { once: true })
  }

  #notice(): void {
    this.#hasChanged = true
    this.#wake?.()
  }

  async next(): Promise<void> {
    if (!this.#hasChanged && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#hasChanged = false
    this.#wake = undefined
  }

  close(): void {
    this.#watcher.close()
  }
}

function renderer(
  options: LogsOptions,
  { record, isTerminal }: { record: ContainerRecord; isTerminal: boolean },
): Reading['render'] {
  const details = options.details ? logDetails(record) : ''
  return (entry) => {
    const text = `${options.timestamps ? `${fixedNanoseconds(entry.time)} ` : ''}${details}${entry.log}`
    const bytes = Buffer.from(text)
    return isTerminal ? bytes : encodeFrame(entry.stream, bytes)
  }
}

/** Docker writes nine digits, always. */
function fixedNanoseconds(time: string): string {
  const match = /^(.*?)(?:\.(\d+))?Z$/.exec(time)
  return match ? `${match[1]}.${(match[2] ?? '').padEnd(9, '0')}Z` : time
}

/** Labels and variables that the log options name, as `key=value,…`. */
function logDetails(record: ContainerRecord): string {
  const wanted = (record.hostConfig.LogConfig.Config?.['labels'] ?? '')
    .split(',')
    .filter((name) => name !== '')
  const pairs = wanted.flatMap((name) => {
    const value = record.config.Labels?.[name]
    return value === undefined ? [] : [`${name}=${value}`]
  })
  return `${pairs.join(',')} `
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
