import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { runBerth } from '../testsuite/run-berth.ts'

async function names(...words: string[]): Promise<string[]> {
  const { stdout } = await runBerth(['__complete', ...words])
  return stdout.split('\n').flatMap((line) => line.split('\t', 1).filter(Boolean))
}

test('complete() knows commands and groups', async () => {
  assert.deepEqual(await names('im'), ['image', 'images', 'import'])
  assert.deepEqual(await names('image', 'pu'), ['pull', 'push'])
  assert.ok((await names('')).includes('run'))
})

test('complete() knows flags, also behind global ones', async () => {
  assert.deepEqual(await names('-H', 'unix:///x', 'image', 'prune', '--f'), ['--filter', '--force'])
  assert.deepEqual(await names('--tls', '--tlsv'), ['--tlsverify'])
  assert.ok((await names('run', '--net')).includes('--network'))
})

test('complete() leaves arguments to the shell', async () => {
  assert.deepEqual(await names('run', 'al'), [])
  assert.deepEqual(await names('nosuch', 'x'), [])
})

test('completion refuses shells that it does not know', async () => {
  const { status, stderr } = await runBerth(['completion', 'tcsh'])
  assert.equal(status, 1)
  assert.match(stderr, /^Cannot complete for "tcsh": the shells are bash, zsh, fish\n/)
})

const bash = '/bin/bash'

test('completion in bash offers what complete() says', { skip: !existsSync(bash) && 'no bash' }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'berth-completion-'))
  try {
    const { stdout: script } = await runBerth(['completion', 'bash'])
    const program = join(folder, 'berth')
    const entry = join(import.meta.dirname, '../berth.ts')
    await writeFile(program, `#!/bin/sh\nexec ${process.execPath} ${entry} "$@"\n`)
    await chmod(program, 0o755)
    const typed = `${script}\nCOMP_WORDS=(berth image pu); COMP_CWORD=2; _berth; echo "\${COMPREPLY[@]}"`
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
    const { stdout } = await promisify(execFile)(bash, ['-c', typed], { env })
    assert.equal(stdout, 'pull push\n')
  } finally {
    await rm(folder, { recursive: true })
  }
})
