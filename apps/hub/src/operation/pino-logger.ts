import type { Logger } from '@berth/stdx'
import { pino, stdSerializers, type Logger as Pino } from 'pino'
import type { LogLevel } from '../config/command-line.ts'

/** A logger that writes JSON lines to standard error. */
export function createPinoLogger(level: LogLevel): Logger {
  const options = { level, base: null, serializers: { error: stdSerializers.err } }
  return wrap(pino(options, pino.destination({ dest: 2, sync: false })))
}

function wrap(target: Pino): Logger {
  return {
    debug: (message, fields) => target.debug(fields ?? {}, message),
    info: (message, fields) => target.info(fields ?? {}, message),
    warn: (message, fields) => target.warn(fields ?? {}, message),
    error: (message, fields) => target.error(fields ?? {}, message),
    named: (name) => wrap(target.child({ name })),
  }
}
