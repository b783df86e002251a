import { isCoded } from '@berth/stdx'
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually } from '@berth/stdx/testsuite'
import { packTar } from './tar/pack-tar.ts'
import { temporaryDirectory } from './testsuite/temporary-directory.ts'
import { writeLayer } from './write-layer.ts'

function openFilesBelow(directory: string): string[] {
  const paths = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      // The directory that was listed.
      return ''
    }
  })
  return paths.filter((path) => path.startsWith(directory))
}

test('writeLayer() has no file open after it was cancelled, at whatever moment', async () => {
  using directory = temporaryDirectory()
  const source = join(directory.path, 'source.tar')
  writeFileSync(
    source,
    Buffer.concat(await Array.fromAsync(packTar([{ name: 'a', body: Buffer.alloc(4_000_000) }]))),
  )
  for (const format of ['erofs', 'tree'] as const) {
    for (let delayMs = -1; delayMs < 10; delayMs++) {
      const target = join(directory.path, `${format} ${delayMs}`)
      mkdirSync(target)
      const signal = delayMs < 0 ? AbortSignal.abort() : AbortSignal.timeout(delayMs)
      try {
        await writeLayer({ source, compression: 'auto', format, directory: target, signal })
      } catch (error) {
        assert.ok(isCoded(error, 'cancelled'), String(error))
      }
      await eventually(() =>
        assert.deepEqual(openFilesBelow(directory.path), [], `${format} after ${delayMs} ms`),
      )
    }
  }
})
