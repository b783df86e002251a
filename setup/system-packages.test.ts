import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { packageManagers } from './package-managers.mjs'
import { findLacking, runCapabilities, testCapabilities } from './system-packages.ts'

const packages = { apt: 'x', dnf: 'x', apk: 'x', pacman: 'x' }

test('capabilities name a package when the manager is any that we know', () => {
  for (const capability of [...runCapabilities, ...testCapabilities]) {
    for (const { name } of packageManagers) assert.match(capability.packages[name], /^[a-z][a-z0-9-]+$/)
  }
})

test('findLacking() leaves out a capability when any of its programs is there', async (t) => {
  const searchPath = await folderWith(t, 'berth-test-second', '#!/bin/sh\n')
  const capability = { purpose: 'test', programs: ['berth-test-first', 'berth-test-second'], packages }
  assert.deepEqual(await findLacking([capability], searchPath), [])
  assert.deepEqual(await findLacking([capability], ''), [capability])
})

test('findLacking() keeps a capability when its program needs a loader and a static one is asked for', async (t) => {
  const capability = { purpose: 'test', programs: ['berth-test-program'], isStatic: true as const, packages }
  const dynamic = await folderWith(t, 'berth-test-program', '\x7fELF…/lib64/ld-linux-x86-64.so.2')
  assert.deepEqual(await findLacking([capability], dynamic), [capability])
  const standalone = await folderWith(t, 'berth-test-program', '\x7fELF…')
  assert.deepEqual(await findLacking([capability], standalone), [])
})

test('findLacking() takes a library for given where the loader finds it', async () => {
  const capability = { purpose: 'test', programs: [], packages }
  const absent = { ...capability, libraries: ['libberth-test.so.1'] }
  const given = { ...capability, libraries: ['libberth-test.so.1', 'libc.so.6'] }
  assert.deepEqual(await findLacking([absent, given], ''), [absent])
})

async function folderWith(
  t: { after(fn: () => Promise<void>): void },
  name: string,
  text: string,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-setup-'))
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, name), text, { mode: 0o755 })
  return folder
}
