import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { withProgress } from './copy-progress.ts'

function screen(isTTY: boolean): { stderr: Writable & { isTTY: boolean }; text: () => string } {
  let text = ''
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  return { stderr: Object.assign(stderr, { isTTY }), text: () => text }
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(1500)
  await sleep(200)
  yield Buffer.alloc(500)
}

const copy = async (counted: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>) => {
  for await (const _ of counted(pieces()));
}
const progress = { header: 'Copying - ', target: 'x:/y', isQuiet: false }

test('withProgress() draws the count on a terminal while bytes pass, takes it away and says the sum', async () => {
  const { stderr, text } = screen(true)
  await withProgress(progress, { stderr }, copy)
  assert.equal(
    text(),
    '\x1b[s\x1b[?25lCopying - 0B\x1b[11G\x1b[0K1.5kB\x1b[u\x1b[2K\x1b[?25hSuccessfully copied 2kB to x:/y\n',
  )
})

test('withProgress() says the sum alone where there is no terminal, nothing when it is quiet, and no sum of a failure', async () => {
  const { stderr, text } = screen(false)
  await withProgress(progress, { stderr }, copy)
  assert.equal(text(), 'Successfully copied 2kB to x:/y\n')
  const quiet = screen(true)
  await withProgress({ ...progress, isQuiet: true }, quiet, copy)
  assert.equal(quiet.text(), '')
  const failed = screen(true)
  await assert.rejects(
    withProgress(progress, failed, () => Promise.reject(new Error('no'))),
    /^Error: no$/,
  )
  assert.equal(failed.text(), '\x1b[s\x1b[?25lCopying - 0B\x1b[u\x1b[2K\x1b[?25h')
})
