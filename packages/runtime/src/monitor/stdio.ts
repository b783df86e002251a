import { linuxKernel } from '@berth/syscalls'
import { closeSync, constants, openSync, readSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { ReadStream } from 'node:tty'
import type { StreamName } from './output-fan-out.ts'

/** The monitor's ends of a process's stdio. */
export interface OpenStdio {
  isTerminal: boolean
  input: Writable | undefined
  output: [StreamName, Readable][]
  resize: ((size: { rows: number; columns: number }) => void) | undefined
}

/** Stdio that is ready to be given to the runtime, and opened when the process runs. */
export interface PreparedStdio extends Disposable {
  /** Descriptors for the runtime's stdin, stdout and stderr, which the process inherits. */
  readonly descriptors: ['ignore' | number, 'ignore' | number, 'ignore' | number]
  readonly consoleSocket: string | undefined
  /** The process runs: takes the monitor's ends; the process's ends are closed by disposing. */
  open(): OpenStdio
  /** What the runtime wrote to the process's stderr before it failed. */
  readError(): string
}

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants
const fifoMode = 0o600

/**
 * Pipes in the file system, for they can be opened again by a monitor that takes over. The process holds its output
 * open for reading too, so that it never meets a pipe without reader.
 */
export function prepareFifos(directory: string, openStdin: boolean): PreparedStdio {
  const theirs: number[] = []
  const makeOutput = (name: StreamName) => {
    const path = `${directory}/${name}`
    linuxKernel.makeFifo(path, fifoMode)
    const end = openSync(path, O_RDWR)
    theirs.push(end)
    return { theirs: end, ours: openSync(path, O_RDONLY | O_NONBLOCK) }
  }
  const stdin = openStdin ? makeInput(directory) : undefined
  if (stdin !== undefined) theirs.push(stdin.theirs)
  const stdout = makeOutput('stdout')
  const stderr = makeOutput('stderr')
  const ours = [stdout.ours, stderr.ours, ...(stdin === undefined ? [] : [stdin.ours])]
  return {
    descriptors: [stdin?.theirs ?? 'ignore', stdout.theirs, stderr.theirs],
    consoleSocket: undefined,
    open() {
      ours.length = 0
      return {
        isTerminal: false,
        input: stdin && writable(stdin.ours),
        output: [
          ['stdout', readable(stdout.ours)],
          ['stderr', readable(stderr.ours)],
        ],
        resize: undefined,
      }
    },
    readError: () => readAvailable(stderr.ours),
    [Symbol.dispose]() {
      for (const descriptor of [...theirs, ...ours]) closeSync(descriptor)
    },
  }
}

function makeInput(directory: string): { theirs: number; ours: number } {
  const path = `${directory}/stdin`
  linuxKernel.makeFifo(path, fifoMode)
  // Non-blocking, or opening would wait for the other end; the runtime's start clears the flag.
  const theirs = openSync(path, O_RDONLY | O_NONBLOCK)
  return { theirs, ours: openSync(path, O_WRONLY | O_NONBLOCK) }
}

/** Opens the pipes of a process that another monitor started. */
export function reopenFifos(directory: string, openStdin: boolean): OpenStdio {
  const output = (name: StreamName): [StreamName, Readable] => [
    name,
    readable(openSync(`${directory}/${name}`, O_RDONLY | O_NONBLOCK)),
  ]
  return {
    isTerminal: false,
    input: openStdin ? reopenInput(`${directory}/stdin`) : undefined,
    output: [output('stdout'), output('stderr')],
    resize: undefined,
  }
}

function reopenInput(path: string): Writable | undefined {
  try {
    return writable(openSync(path, O_WRONLY | O_NONBLOCK))
  } catch (error) {
    // ENXIO: the process has closed its standard input.
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined
    throw error
  }
}

/** A terminal, which the runtime makes inside the container and hands over at `consoleSocket`. */
export function prepareTerminal(consoleSocket: string): PreparedStdio {
  const listener = linuxKernel.openConsoleSocket(consoleSocket)
  return {
    descriptors: ['ignore', 'ignore', 'ignore'],
    consoleSocket,
    open() {
      const descriptor = listener.receive()
      const terminal = new ReadStream(descriptor)
      return {
        isTerminal: true,
        input: terminal,
        output: [['stdout', terminal]],
        resize: (size) => linuxKernel.setWindowSize(descriptor, size),
      }
    },
    readError: () => '',
    [Symbol.dispose]() {
      listener[Symbol.dispose]()
      rmSync(consoleSocket, { force: true })
    },
  }
}

const readable = (fd: number): Readable => new Socket({ fd, readable: true, writable: false })
const writable = (fd: number): Writable => new Socket({ fd, readable: false, writable: true })

const maxErrorBytes = 4096

function readAvailable(fd: number): string {
  const buffer = Buffer.alloc(maxErrorBytes)
  try {
    return buffer.subarray(0, readSync(fd, buffer)).toString()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return ''
    throw error
  }
}
