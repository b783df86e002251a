import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { runProgram } from './run-program.ts'

interface Told {
  during: string
  end: string
}

/** Runs files as a tier, in a process that is no test itself: the runner does nothing in one that is. */
async function runFiles(files: Record<string, string>, fileTimeoutMs = 60_000): Promise<Told> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-tests-'))
  try {
    for (const [name, text] of Object.entries(files))
      await writeFile(join(directory, name), `import { describe, test } from 'node:test'\n${text}`)
    const script = join(directory, 'run.ts')
    await writeFile(script, scriptOf(fileTimeoutMs))
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const { output } = await runProgram([process.execPath, script], { cwd: directory, env })
    return JSON.parse(output) as Told
  } finally {
    await rm(directory, { recursive: true })
  }
}

const scriptOf = (fileTimeoutMs: number): string => `
  import { formatTierResults, runTestTier } from '${join(import.meta.dirname, 'run-test-tier.ts')}'
  const tier = { files: ['*.mjs'], concurrency: 1, fileTimeoutMs: ${fileTimeoutMs} }
  let during = ''
  const result = await runTestTier('unit', tier, (text) => { during += text })
  console.log(JSON.stringify({ during, end: formatTierResults([result]) }))`

const failing = 'throw new Error("one\\ntwo")'

test('runTestTier() says a line a file, what was skipped, and one line in the end when all is well', async () => {
  const { during, end } = await runFiles({
    'a.mjs': 'test("x", () => {})\ntest("y", { skip: "no kernel" }, () => {})',
    'b.mjs': 'test("z", (t) => t.diagnostic("2 apples"))',
  })
  assert.deepEqual(
    during
      .replaceAll(/\(\d+ ms\)/g, '(ms)')
      .split('\n')
      .toSorted(),
    ['', 'ℹ 2 apples', '── unit tests: 2 files', '✔ a.mjs (ms)', '✔ b.mjs (ms)', '﹣ y: no kernel'],
  )
  assert.match(end, /^✔ unit: 3 tests in 2 files, 1 skipped, \d+ s$/)
})

test('runTestTier() says again in the end which test failed, with its message and where', async () => {
  const { during, end } = await runFiles({
    'a.mjs': `describe("suite", () => { test("inner", () => { ${failing} }); test("well", () => {}) })`,
    'b.mjs': 'test("z", () => {})',
  })
  const lines = stripVTControlCharacters(end).split('\n')
  assert.deepEqual(lines.slice(0, -1), [
    '── failed',
    '✖ a.mjs',
    '  suite › inner',
    '    Error: one',
    '    two',
    '      at TestContext.<anonymous> (a.mjs:2:55)',
  ])
  assert.match(lines.at(-1) ?? '', /^✖ unit: 1 failed of 3 tests in 2 files, 0 skipped, \d+ s$/)
  assert.match(during, /✖ a\.mjs \(\d+ ms\)\n/)
  assert.match(during, /at Test\.run /)
})

test('runTestTier() says how a file ended of which no test failed, and its last words', async () => {
  const endings = {
    'process.kill(process.pid, "SIGABRT"); setInterval(() => {}, 1000)': 'The file ended by SIGABRT',
    'process.exit(3)': 'The file ended with exit code 3, though none of its tests failed',
  }
  for (const [ending, told] of Object.entries(endings)) {
    const { end } = await runFiles({
      'a.mjs': `test("x", async () => { console.error("fatal words"); ${ending}; await new Promise(() => {}) })`,
    })
    assert.deepEqual(end.split('\n').slice(0, -1), [
      '── failed',
      '✖ a.mjs',
      `    ${told}`,
      '    │ fatal words',
    ])
  }
})

test('runTestTier() ends a file that hangs, and says in which test; the others go on', async () => {
  const { end } = await runFiles(
    {
      'a.mjs':
        'describe("suite", () => { test("well", () => {}); test("hangs", () => new Promise(() => {})) })',
      'b.mjs': 'test("z", () => {})',
    },
    10_000,
  )
  const lines = end.split('\n')
  assert.deepEqual(lines.slice(0, -1), [
    '── failed',
    '✖ a.mjs',
    '  suite › hangs',
    '    It had not ended after 10 s',
  ])
  assert.match(lines.at(-1) ?? '', /in 2 files/)
})
