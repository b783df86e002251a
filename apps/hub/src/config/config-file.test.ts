import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { parseCommand } from './command-line.ts'
import { usageOf } from './usage.ts'
import { noConfigFile, readConfigFile, readExampleConfig } from './config-file.ts'
import { flagsOfDocument, serveFlags } from './flags.ts'

async function readText(text: string) {
  const directory = await mkdtemp(join(tmpdir(), 'berth-config-'))
  try {
    await writeFile(join(directory, 'config'), text)
    return (await readConfigFile(['serve', '--config', join(directory, 'config')], {})).flags
  } finally {
    await rm(directory, { recursive: true })
  }
}

test('readConfigFile() reads YAML and JSON with the names of the options', async () => {
  const settings = { listen: ':5000', workers: '2', upstream: ['docker.io', 'ghcr.io'] }
  assert.deepEqual(await readText('listen: ":5000"\nworkers: 2\nupstream: [docker.io, ghcr.io]\n'), settings)
  assert.deepEqual(await readText(JSON.stringify(settings)), settings)
  assert.deepEqual(await readText('# nothing\n'), {})
  assert.deepEqual(await readConfigFile(['serve'], {}), noConfigFile)
  assert.deepEqual(await readConfigFile(['--config', '/nowhere', '--help'], {}), noConfigFile)
})

test('readConfigFile() refuses what it does not know, and says where', async () => {
  for (const [text, words] of [
    ['liste: x', /there is no setting "liste"/],
    ['listen: [a, b]', /listen has several values/],
    ['listen: {a: b}', /listen is neither text nor number/],
    ['- a', /it is no list of names and values/],
    ['a: b: c', /Cannot read .*config/],
  ] as const)
    await assert.rejects(readText(text), { code: 'invalid-argument', message: words })
  await assert.rejects(readConfigFile(['--config', '/nowhere'], {}), { code: 'invalid-argument' })
})

test('readExampleConfig() names every setting, and each line could be used', async () => {
  const text = await readExampleConfig()
  const document: unknown = parse(text.replaceAll(/^#(?=[a-z-]+: )/gm, ''))
  const given = flagsOfDocument(document, 'example')
  assert.deepEqual(Object.keys(given).sort(), Object.keys(serveFlags).sort())
  const { htpasswd: _, 'auth-scheme': __, storage: ___, workers: ____, ...together } = given
  assert.equal(parseCommand(['serve'], {}, { path: 'example', flags: together }).name, 'serve')
})

test('usage names every setting', () => {
  for (const command of ['serve', 'mirror'] as const)
    for (const name of Object.keys(serveFlags)) assert.ok(usageOf(command).includes(`--${name} `), name)
})
