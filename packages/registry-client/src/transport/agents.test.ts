import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { Agents } from './agents.ts'
import { usualTls } from './tls-settings.ts'

test('of() reads certificates again when they could not be read', async () => {
  await using stack = new AsyncDisposableStack()
  const file = join(await temporaryDirectory(stack), 'ca.pem')
  using agents = new Agents({ proxy: {}, caFiles: [file] })
  const url = new URL('https://registry.example.com/')
  await assert.rejects(agents.of(url, usualTls), { code: 'ENOENT' })
  await writeFile(file, '')
  assert.equal(await agents.of(url, usualTls), await agents.of(url, usualTls))
})
