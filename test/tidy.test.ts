import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { programs } from '../setup/programs.ts'
import { assertNone } from './source/assert-none.ts'
import { undocumentedExports } from './source/documented-exports.ts'
import { formatSizes } from './source/size-table.ts'
import { isTest, place, readSources, readWorkspace, resolveRelative, root } from './source/workspace.ts'

const workspace = readWorkspace()
const sources = workspace.flatMap((found) => found.sources)
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => existsSync(join(root, path)))
const forbiddenName = /^(utils?|helpers?|common|misc|manager)(\.|$)/

test('tidy() finds a README with an example in every package', () => {
  const wrong = workspace.flatMap(({ directory, name, kind }) => {
    const readme = join(directory, 'README.md')
    if (!existsSync(readme)) return [`${name}: no README.md`]
    return kind === 'app' || readFileSync(readme, 'utf8').includes('```')
      ? []
      : [`${name}: README.md has no example`]
  })
  assertNone(wrong, 'say what it is, what it is not, and show it at work')
})

test('tidy() finds the contract of every export of an index', () => {
  const wrong = workspace
    .filter(({ kind }) => kind === 'package')
    .flatMap(({ directory }) => undocumentedExports(join(directory, 'src/index.ts')))
  assertNone(wrong, 'a doc comment says what it takes and returns, its errors, and who cleans up')
})

test('tidy() finds every source file reached from a program or an index', () => {
  const reached = new Set<string>()
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const visit = (path: string): void => {
    if (reached.has(path)) return
    reached.add(path)
    for (const { specifier } of byPath.get(path)?.imports ?? [])
      if (specifier.startsWith('.')) visit(resolveRelative(path, specifier))
  }
  for (const path of findEntries()) visit(path)
  const wrong = sources
    // Declarations of other people's modules are imported by nobody.
    .filter(({ path }) => !isTest(path) && !path.endsWith('.d.ts') && !reached.has(path))
    .map(({ path }) => place(path, 1))
  assertNone(wrong, 'delete it, or use it')
})

test('tidy() finds no file or folder with a name that says nothing', () => {
  const wrong = tracked.filter((path) => path.split('/').some((part) => forbiddenName.test(part)))
  assertNone(wrong, 'name it after what it does')
})

test('tidy() finds file names in kebab-case', () => {
  const wrong = sources
    .map(({ path }) => path)
    .filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(basename(path)))
  assertNone(wrong, 'name it after its main export')
})

test('tidy() finds no unfinished work left in the code', () => {
  const wrong = [
    ...sources,
    ...readSources(join(root, 'test')),
    ...readSources(join(root, 'setup')),
    ...readSources(join(root, 'bench')),
  ].flatMap(({ path, text }) =>
    [...text.matchAll(/\b(TO[D]O|FIX[M]E|X{3}|HA[C]K)\b/g)].map((match) =>
      place(path, text.slice(0, match.index).split('\n').length),
    ),
  )
  assertNone(wrong, 'finish it, or write it down where work is planned')
})

test('tidy() finds a changelog with an Unreleased part', () => {
  assert.match(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), /^## \[?Unreleased\]?\n+### /m)
})

test('tidy() finds no .pipe( outside tests', () => {
  const wrong = sources
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/(?<!\bv)\.pipe\(/g)].map((match) =>
        place(path, text.slice(0, match.index).split('\n').length),
      ),
    )
  assertNone(wrong, 'pipeline(…, { signal }) closes both ends')
})

test('tidy() prints how large files and functions are', (context) => {
  for (const line of formatSizes(workspace)) context.diagnostic(line)
})

/** Libraries begin with what they export, programs with what a launcher names; threads and helpers are started by URL. */
function findEntries(): Set<string> {
  const exported = workspace.flatMap(({ directory, exports }) =>
    Object.values(exports).map((path) => join(directory, path)),
  )
  const started = Object.values(programs).flatMap((modules) => modules.map((module) => join(root, module)))
  return new Set([...exported, ...started])
}
