import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeDirectory } from './make-directory.ts'

async function inDirectory(action: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-make-directory-'))
  try {
    await action(directory)
  } finally {
    await rm(directory, { recursive: true })
  }
}

test('makeDirectory() makes what is above too, with the mode, and again is fine', () =>
  inDirectory(async (directory) => {
    const path = join(directory, 'a/b/c')
    await makeDirectory(path, { mode: 0o700 })
    await makeDirectory(path, { mode: 0o755 })
    for (const made of [path, join(directory, 'a')]) assert.equal((await stat(made)).mode & 0o777, 0o700)
    await symlink('a', join(directory, 'link'))
    await makeDirectory(join(directory, 'link/d'))
    assert.ok((await stat(join(directory, 'a/d'))).isDirectory())
  }))

test('makeDirectory() refuses files, and links to nowhere, at the path and above it', () =>
  inDirectory(async (directory) => {
    await writeFile(join(directory, 'file'), '')
    await symlink('nothing', join(directory, 'nowhere'))
    for (const [path, code] of [
      ['file', 'ENOTDIR'],
      ['file/a/b', 'ENOTDIR'],
      ['nowhere', 'ENOENT'],
      ['nowhere/a/b', 'ENOENT'],
    ] as const)
      await assert.rejects(makeDirectory(join(directory, path)), { code }, path)
  }))

test('makeDirectory() refuses file systems of the kernel, also through a link', () =>
  inDirectory(async (directory) => {
    await symlink('/proc/self', join(directory, 'link'))
    for (const [path, kind] of [
      ['/proc/berth/a/b', 'proc'],
      [join(directory, 'link/a'), 'proc'],
      ['/sys/berth/a', 'sysfs'],
    ] as const)
      await assert.rejects(makeDirectory(path), {
        code: 'invalid-argument',
        message: `Cannot keep anything in ${path}: ${kind} is a file system of the kernel, for no files`,
      })
  }))
