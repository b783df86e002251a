import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findRuntimes } from './oci-runtimes.ts'
import { parseVersion } from './probe-runtime.ts'
import { parseRuntimeFeatures } from './runtime-features.ts'

test('parseVersion() reads what runc and crun say', () => {
  const runc = 'runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev\n'
  assert.deepEqual(parseVersion(runc), { version: '1.1.5+ds1', commit: '1.1.5+ds1-1+deb12u1' })
  assert.equal(parseVersion('crun version 1.8.1\ncommit: f8a096be\n').version, '1.8.1')
  assert.deepEqual(parseVersion('?'), { version: '', commit: '' })
})

test('parseRuntimeFeatures() takes what is missing as none', () => {
  assert.equal(parseRuntimeFeatures('{}').mountOptions.size, 0)
  const { namespaces } = parseRuntimeFeatures('{"linux":{"namespaces":["time"]}}')
  assert.ok(namespaces.has('time'))
})

test('findRuntimes() finds those that work and leaves out one that refuses the cgroups', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-runtimes-'))
  try {
    const refusing = join(directory, 'refusing')
    await writeFile(
      refusing,
      '#!/bin/sh\necho version 1.0\ncase "$*" in *run*) echo cgroups in hybrid mode not supported >&2; exit 1;; esac\n',
    )
    await chmod(refusing, 0o755)
    const runtimes = await findRuntimes({ configured: { refusing, missing: join(directory, 'missing') } })
    assert.equal(runtimes.resolve(undefined).name, 'runc')
    assert.ok(runtimes.resolve('runc').version)
    for (const name of ['refusing', 'missing']) {
      assert.throws(() => runtimes.resolve(name), {
        code: 'invalid-argument',
        message: `unknown or invalid runtime name: ${name}`,
      })
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
