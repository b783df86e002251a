import { relative } from 'node:path'
import { test } from 'node:test'
import { assertNone } from './source/assert-none.ts'
import { findCircles } from './source/find-circles.ts'
import {
  isTest,
  place,
  readSources,
  readWorkspace,
  resolveRelative,
  root,
  type WorkspacePackage,
} from './source/workspace.ts'

/** Who may import whom. Arrows point down the list's layers: a mechanism never knows another mechanism. */
const allowedEdges: Record<string, readonly string[]> = {
  stdx: [],
  oci: ['stdx'],
  syscalls: [],
  host: [],
  sql: ['stdx'],
  content: ['oci', 'stdx'],
  'registry-client': ['oci', 'stdx'],
  layer: ['oci', 'stdx', 'syscalls'],
  snapshot: ['oci', 'stdx', 'syscalls'],
  runtime: ['oci', 'stdx', 'syscalls'],
  network: ['stdx', 'syscalls'],
  'registry-server': ['oci', 'sql', 'stdx'],
  catalog: ['oci', 'sql', 'stdx'],
  api: ['oci', 'stdx'],
  client: ['api', 'stdx'],
  'image-copy': ['layer', 'oci', 'registry-client', 'stdx'],
  engine: [
    'api',
    'content',
    'layer',
    'network',
    'oci',
    'registry-client',
    'runtime',
    'snapshot',
    'stdx',
    'syscalls',
  ],
  // What is copied into and out of containers is an archive on the way.
  cli: ['api', 'client', 'host', 'image-copy', 'layer', 'oci', 'registry-client', 'stdx'],
  daemon: [
    'api',
    'content',
    'engine',
    'host',
    'layer',
    'network',
    'oci',
    'registry-client',
    'runtime',
    'snapshot',
    'stdx',
    'syscalls',
  ],
  hub: ['catalog', 'hub-web', 'oci', 'registry-client', 'registry-server', 'sql', 'stdx', 'syscalls'],
  'hub-web': ['catalog', 'oci', 'stdx'],
}

/** Modules with one door. Tests may use them: they set up the world that the code then meets. */
const doors: Record<string, readonly string[]> = {
  koffi: ['syscalls'],
  // The command line asks stty for a raw terminal and credential helpers for passwords, its client an ssh for the way to an engine.
  'node:child_process': ['cli', 'client', 'network', 'runtime'],
  'node:cluster': ['hub'],
  kysely: ['catalog', 'registry-server', 'sql'],
  pg: ['sql'],
  'find-my-way': ['daemon', 'registry-server', 'hub', 'hub-web'],
  pino: ['daemon', 'hub'],
}

/** What only programs may read: everything below them is told. */
const programOnly = new Set(['argv', 'env', 'exit', 'stdin', 'stdout', 'stderr', 'chdir'])

const workspace = readWorkspace()

test('architecture() knows every package of the workspace', () => {
  const unknown = workspace.map(({ name }) => name).filter((name) => !(name in allowedEdges))
  assertNone(unknown, 'add the package and its edges to allowedEdges')
})

test('architecture() allows no edge that no package.json has', () => {
  const unused = Object.entries(allowedEdges).flatMap(([from, edges]) => {
    const dependencies = berthNames(workspace.find(({ name }) => name === from)?.dependencies ?? [])
    return edges.filter((to) => !dependencies.includes(to)).map((to) => `${from} → ${to}`)
  })
  assertNone(unused, 'take the edge out of allowedEdges')
})

test('architecture() finds no edge in a package.json that is not allowed', () => {
  const wrong = workspace.flatMap(({ name, dependencies }) =>
    berthNames(dependencies)
      .filter((to) => !isAllowed(name, to))
      .map((to) => `${name} → ${to}`),
  )
  assertNone(wrong, 'a mechanism is joined with others by the engine')
})

test('architecture() finds no import that is not allowed', () => {
  const wrong = workspace.flatMap((from) =>
    importsOf(from)
      .filter(({ specifier, test }) => !test && !isAllowedImport(from, specifier))
      .map(describeImport),
  )
  assertNone(wrong, 'import what lies below, or move the code')
})

test('architecture() finds no files that import each other', () => {
  const files = workspace.flatMap(({ sources }) => sources)
  const edges = new Map(
    files.map(({ path, imports }) => [
      path,
      imports
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => resolveRelative(path, specifier)),
    ]),
  )
  const wrong = findCircles(edges).map((circle) => circle.map((path) => relative(root, path)).join(' → '))
  assertNone(wrong, 'what both need, mostly a type, has a file of its own')
})

test('architecture() finds no import past the index of another package', () => {
  const wrong = workspace.flatMap((from) =>
    importsOf(from)
      .filter(({ specifier }) => isUnexported(specifier) || leavesPackage(from, specifier))
      .map(describeImport),
  )
  assertNone(wrong, 'use what the index exports')
})

test('architecture() finds each guarded module behind its door', () => {
  const wrong = workspace.flatMap((from) =>
    importsOf(from)
      .filter(({ specifier, test }) => !test && doors[moduleName(specifier)]?.includes(from.name) === false)
      .map(describeImport),
  )
  assertNone(wrong, 'call the package that owns the module')
})

test('architecture() finds argv, environment and standard streams read by programs alone', () => {
  const wrong = workspace
    .filter(({ kind }) => kind === 'package')
    .flatMap(({ sources }) =>
      sources
        .filter(({ path }) => !isTest(path))
        .flatMap(({ path, processReads }) =>
          processReads
            .filter(({ specifier }) => programOnly.has(specifier))
            .map(({ specifier, line }) => `${place(path, line)} reads process.${specifier}`),
        ),
    )
  assertNone(wrong, 'pass the value down from the program')
})

test('architecture() finds no input or output in oci', () => {
  const io = /^node:(fs|net|http|https|http2|tls|dgram|child_process|worker_threads|sqlite)/
  const oci = workspace.filter(({ name }) => name === 'oci').flatMap(importsOf)
  const wrong = oci.filter(({ specifier, test }) => !test && io.test(specifier)).map(describeImport)
  assertNone(wrong, 'leave input and output to a mechanism')
})

/** The engine is driven from outside; a catalog of 100,000 repositories is made and asked in place. */
const outsideMay = new Set([
  '@berth/host',
  '@berth/stdx',
  '@berth/stdx/testsuite',
  '@berth/oci',
  '@berth/layer',
  '@berth/catalog',
  '@berth/catalog/testsuite',
  '@berth/sql',
  '@berth/sql/testsuite',
])

test('architecture() finds bench and setup free of the engine', () => {
  const outside = [...readSources(`${root}/setup`), ...readSources(`${root}/bench`)]
  const wrong = outside.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier }) => specifier.startsWith('@berth/') && !outsideMay.has(specifier))
      .map(({ specifier, line }) => `${place(path, line)} imports ${specifier}`),
  )
  assertNone(wrong, 'they drive the programs from outside')
})

interface PackageImport {
  path: string
  line: number
  specifier: string
  test: boolean
}

function importsOf({ sources }: WorkspacePackage): PackageImport[] {
  return sources.flatMap(({ path, imports }) =>
    imports.map((found) => ({ ...found, path, test: isTest(path) })),
  )
}

function isAllowedImport({ name }: WorkspacePackage, specifier: string): boolean {
  return !specifier.startsWith('@berth/') || isAllowed(name, moduleName(specifier).slice('@berth/'.length))
}

function isAllowed(from: string, to: string): boolean {
  return from === to || allowedEdges[from]?.includes(to) === true
}

/** `@berth/name/deep` is public only where the package's `exports` says so. */
function isUnexported(specifier: string): boolean {
  const [, name, subpath] = /^@berth\/([^/]+)\/(.+)$/.exec(specifier) ?? []
  const to = workspace.find((candidate) => candidate.name === name)
  return subpath !== undefined && to?.exports[`./${subpath}`] === undefined
}

function leavesPackage({ directory, sources }: WorkspacePackage, specifier: string): boolean {
  if (!specifier.startsWith('../')) return false
  const importers = sources.filter(
    ({ path, imports }) => !isTest(path) && imports.some((found) => found.specifier === specifier),
  )
  return importers.some(
    ({ path }) => !new URL(specifier, `file://${path}`).pathname.startsWith(`${directory}/`),
  )
}

function berthNames(dependencies: readonly string[]): string[] {
  return dependencies.filter((name) => name.startsWith('@berth/')).map((name) => name.slice('@berth/'.length))
}

/** `@scope/name/deep` → `@scope/name`; `name/deep` → `name`; relative and `node:` specifiers as they are. */
function moduleName(specifier: string): string {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function describeImport({ path, line, specifier }: PackageImport): string {
  return `${place(path, line)} imports ${specifier}`
}
