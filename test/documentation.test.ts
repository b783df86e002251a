import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { assertNone } from './source/assert-none.ts'
import { place, readWorkspace, root } from './source/workspace.ts'

const pages = globSync(['*.md', '{docs,bench,test}/**/*.md', '{apps,packages}/*/README.md'], {
  cwd: root,
}).map((path) => {
  const absolute = join(root, path)
  return { path: absolute, lines: readFileSync(absolute, 'utf8').split('\n') }
})

test('documentation() names only files that exist', () => {
  assertNone(
    findMissingFiles(
      /`((?:apps|packages|test|setup|bench|src)\/[\w./-]+\.(?:ts|mjs|md|json))`/g,
      (page, named) => join(named.startsWith('src/') ? dirname(page) : root, named),
    ),
    'follow the code',
  )
})

test('documentation() names files by names that some file has', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n')
  const names = new Set(tracked.map((path) => basename(path)))
  assertNone(
    findMissing(/`([\w./-]+\.(?:ts|mjs))`/g, (_page, named) => names.has(basename(named))),
    'follow the code',
  )
})

test('documentation() names only commands of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
  assertNone(
    findMissing(/npm run ([\w:-]+)/g, (_page, command) => command in scripts),
    'name a script',
  )
})

test('documentation() links only to files that exist', () => {
  assertNone(
    findMissingFiles(/\]\((?!https?:|#)([^)#]+)/g, (page, named) => join(dirname(page), named)),
    'mend the link',
  )
})

test('documentation() finds every page and decision listed in docs/README.md', () => {
  const index = readFileSync(join(root, 'docs/README.md'), 'utf8')
  const wrong = globSync('{,decisions/}*.md', { cwd: join(root, 'docs') })
    .filter((path) => path !== 'README.md' && !index.includes(`(${path})`))
    .map((path) => `docs/${path}`)
  assertNone(wrong, 'one line in docs/README.md')
})

test('documentation() gives a reason for every dependency', () => {
  const reasons = readFileSync(join(root, 'docs/decisions/001-dependencies.md'), 'utf8')
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >
  const used = readWorkspace().flatMap(({ dependencies }) =>
    dependencies.filter((name) => !name.startsWith('@berth/')),
  )
  const all = [
    ...used,
    ...Object.keys({ ...manifest['devDependencies'], ...manifest['optionalDependencies'] }),
  ]
  assert.ok(all.length > 0)
  assertNone(
    all.filter((name) => !reasons.includes(name)),
    'one line in docs/decisions/001-dependencies.md',
  )
})

/** Places where `pattern` names a file that is not there. */
function findMissingFiles(pattern: RegExp, resolve: (page: string, named: string) => string): string[] {
  return findMissing(pattern, (page, named) => existsSync(resolve(page, named)))
}

function findMissing(pattern: RegExp, isThere: (page: string, named: string) => boolean): string[] {
  return pages.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) =>
      [...line.matchAll(pattern)]
        .map((match) => match[1] ?? '')
        .filter((named) => !isThere(path, named))
        .map((named) => `${place(path, index + 1)} names ${named}`),
    ),
  )
}
