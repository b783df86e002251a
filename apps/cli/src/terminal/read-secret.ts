import { ExitError } from '../command/exit-error.ts'
import type { Input, Output } from '../command/io.ts'

const interrupt = '\x03'
const endOfInput = '\x04'
const erasing = new Set(['\x7f', '\b'])
const eraseAll = '\x15'
const enter = new Set(['\r', '\n'])
const interruptedStatus = 130

/** A line typed on a terminal that is not shown. What is printed after it begins a new line. */
export async function readSecret(input: Input, output: Output, question: string): Promise<string> {
  output.write(question)
  input.setRawMode?.(true)
  try {
    return await typedLine(input)
  } finally {
    input.setRawMode?.(false)
    input.pause()
    output.write('\n')
  }
}

function typedLine(input: Input): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let line: string[] = []
  const onData = (chunk: Buffer | string) => {
    for (const character of chunk.toString()) {
      if (enter.has(character) || character === endOfInput) return finish()
      if (character === interrupt) return reject(new ExitError(interruptedStatus, ''))
      if (character === eraseAll) line = []
      else if (erasing.has(character)) line.pop()
      else line.push(character)
    }
  }
  const finish = () => resolve(line.join(''))
  // Who read before has left it paused.
  input.on('data', onData).on('end', finish).resume()
  return promise.finally(() => input.off('data', onData).off('end', finish))
}
