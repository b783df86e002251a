import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { syncDirectory, writeFileAtomic } from './atomic-file.ts'

async function temporaryDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'atomic-file-'))
  context.after(() => rm(directory, { recursive: true }))
  return directory
}

test('writeFileAtomic() makes a file for the owner alone, and leaves nothing beside it', async (context) => {
  const directory = await temporaryDirectory(context)
  const path = join(directory, 'state.json')
  await writeFileAtomic(path, 'one')
  assert.equal(await readFile(path, 'utf8'), 'one')
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(directory), ['state.json'])
})

test('writeFileAtomic() replaces the file and not what it was: content, mode, link', async (context) => {
  const directory = await temporaryDirectory(context)
  const [path, target] = [join(directory, 'link'), join(directory, 'target')]
  await writeFile(target, 'untouched')
  await symlink(target, path)
  await writeFileAtomic(path, Buffer.from([0, 255]))
  assert.deepEqual(await readFile(path), Buffer.from([0, 255]))
  assert.equal(await readFile(target, 'utf8'), 'untouched')
  await chmod(path, 0o644)
  await writeFileAtomic(path, '')
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.equal(await readFile(path, 'utf8'), '')
})

test('writeFileAtomic() leaves no temporary file after a failure', async (context) => {
  const directory = await temporaryDirectory(context)
  await mkdir(join(directory, 'taken', 'full'), { recursive: true })
  await assert.rejects(writeFileAtomic(join(directory, 'taken'), 'x'), { code: /EISDIR|ENOTEMPTY/ })
  await assert.rejects(writeFileAtomic(join(directory, 'none', 'x'), 'x'), { code: 'ENOENT' })
  assert.deepEqual(await readdir(directory), ['taken'])
})

test('writeFileAtomic() never shows half a file to a reader', async (context) => {
  const path = join(await temporaryDirectory(context), 'file')
  const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000))
  await writeFileAtomic(path, contents[0] ?? '')
  const written = new AbortController()
  const writes = Promise.all(contents.map((content) => writeFileAtomic(path, content))).finally(() =>
    written.abort(),
  )
  do assert.ok(contents.includes(await readFile(path, 'utf8')))
  while (!written.signal.aborted)
  await writes
})

test('syncDirectory() fails for what is not there', async () => {
  await syncDirectory(tmpdir())
  await assert.rejects(syncDirectory(join(tmpdir(), 'certainly', 'not', 'there')), { code: 'ENOENT' })
})

test('syncDirectory() serves all who ask while a sync is under way with one more', async (context) => {
  const path = await temporaryDirectory(context)
  const first = syncDirectory(path)
  const [second, third] = [syncDirectory(path), syncDirectory(path)]
  assert.notEqual(first, second)
  assert.equal(second, third)
  await Promise.all([first, second])
  const later = syncDirectory(path)
  assert.notEqual(later, second)
  await later
})

test('syncDirectory() is not kept from the next sync by one that failed', async (context) => {
  const path = join(await temporaryDirectory(context), 'later')
  const first = syncDirectory(path)
  const second = syncDirectory(path)
  await assert.rejects(first, { code: 'ENOENT' })
  await assert.rejects(second, { code: 'ENOENT' })
  await mkdir(path)
  await syncDirectory(path)
})
