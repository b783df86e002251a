import type { Writable } from 'node:stream'
import type { Logger } from '@berth/stdx'
import { pino, stdSerializers, type DestinationStream, type Logger as Pino } from 'pino'
import { formatLogLine } from './log-line.ts'
import type { LogLevel } from './config/daemon-config.ts'

export interface LoggerOptions {
  level: LogLevel
  stream: Writable
  /** `text` for people, the default; `json` for collectors. */
  format?: 'text' | 'json'
}

/** A logger that writes a line for each message, with the fields of dockerd's: time, level, msg. */
export function createLogger({ level, stream, format = 'text' }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    messageKey: 'msg',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label === 'warn' ? 'warning' : label }) },
    serializers: { error: stdSerializers.err },
  }
  return wrap(pino(options, format === 'json' ? stream : textLines(stream)), '')
}

function wrap(target: Pino, name: string): Logger {
  return {
    debug: (message, fields) => target.debug(fields ?? {}, message),
    info: (message, fields) => target.info(fields ?? {}, message),
    warn: (message, fields) => target.warn(fields ?? {}, message),
    error: (message, fields) => target.error(fields ?? {}, message),
    named: (part) => {
      const full = name === '' ? part : `${name}:${part}`
      return wrap(target.child({ name: full }), full)
    },
  }
}

function textLines(stream: Writable): DestinationStream {
  return { write: (line) => void stream.write(formatLogLine(JSON.parse(line) as Record<string, unknown>)) }
}
