import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCommand } from './command-line.ts'

test('parseCommand() reads serve and its defaults', () => {
  assert.deepEqual(parseCommand(['serve']), {
    name: 'serve',
    listen: { host: '127.0.0.1', port: 5000 },
    dataDirectory: '/var/lib/berth-hub',
    logLevel: 'info',
  })
  const given = parseCommand(['serve', '--listen', '[::1]:0', '--data=/d', '--log-level', 'debug'])
  assert.deepEqual(given, {
    name: 'serve',
    listen: { host: '::1', port: 0 },
    dataDirectory: '/d',
    logLevel: 'debug',
  })
})

test('parseCommand() reads seed and the name it is given', () => {
  const seed = parseCommand(['seed', '--data', '/d', '--name', 'team/hello:v1'])
  assert.deepEqual(seed, { name: 'seed', dataDirectory: '/d', repository: 'team/hello', tag: 'v1' })
  assert.deepEqual(parseCommand(['seed']), {
    name: 'seed',
    dataDirectory: '/var/lib/berth-hub',
    repository: 'library/hello-world',
    tag: 'latest',
  })
})

test('parseCommand() reads gc', () => {
  const gc = parseCommand(['gc', '--data', '/d', '--dry-run', '--grace', '90m'])
  assert.deepEqual(gc, { name: 'gc', dataDirectory: '/d', dryRun: true, graceMs: 5_400_000 })
  assert.equal((parseCommand(['gc']) as { graceMs?: number }).graceMs, undefined)
})

test('parseCommand() shows the help when nothing is asked', () => {
  for (const argv of [[], ['--help'], ['serve', '-h']]) assert.deepEqual(parseCommand(argv), { name: 'help' })
  assert.deepEqual(parseCommand(['--version']), { name: 'version' })
})

test('parseCommand() refuses what it does not know', () => {
  const refused = [
    ['sreve'],
    ['serve', 'more'],
    ['serve', '--no-such-flag'],
    ['serve', '--listen', '5000'],
    ['serve', '--listen', 'host:70000'],
    ['serve', '--log-level', 'loud'],
    ['gc', '--grace', 'soon'],
  ]
  for (const argv of refused)
    assert.throws(() => parseCommand(argv), { code: 'invalid-argument' }, argv.join(' '))
})
