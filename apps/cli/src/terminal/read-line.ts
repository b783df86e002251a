import type { Input } from '../command/io.ts'

/** The next line without its end; undefined when there is none. What comes after it stays for the next reader. */
export async function readLine(input: Input): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  let text = ''
  const onData = (chunk: Buffer | string) => {
    text += chunk.toString()
    const end = text.indexOf('\n')
    if (end < 0) return
    const rest = text.slice(end + 1)
    finish(text.slice(0, end).replace(/\r$/, ''))
    if (rest !== '') input.unshift(Buffer.from(rest))
  }
  const onEnd = () => finish(text === '' ? undefined : text)
  const finish = (line: string | undefined) => {
    input.off('data', onData).off('end', onEnd).off('error', onEnd)
    input.pause()
    resolve(line)
  }
  if (input.readableEnded) return undefined
  // Who read before has left it paused.
  input.on('data', onData).on('end', onEnd).on('error', onEnd).resume()
  return promise
}
