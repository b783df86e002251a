import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { readSourceFile, type SourceFile } from './source-file.ts'

export const root = join(import.meta.dirname, '..', '..')

export interface WorkspacePackage {
  /** Without the scope: `content`. */
  name: string
  kind: 'app' | 'package'
  directory: string
  /** Names of package.json `dependencies`, scope and all. */
  dependencies: string[]
  /** package.json `exports`: public name to file. */
  exports: Record<string, string>
  sources: SourceFile[]
}

/** Every app and package, parsed. A folder without package.json is not one yet. */
export function readWorkspace(): WorkspacePackage[] {
  return [...readKind('apps', 'app'), ...readKind('packages', 'package')]
}

function readKind(parent: string, kind: WorkspacePackage['kind']): WorkspacePackage[] {
  return readdirSync(join(root, parent))
    .map((folder) => join(root, parent, folder))
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map((directory) => readPackage(directory, kind))
}

function readPackage(directory: string, kind: WorkspacePackage['kind']): WorkspacePackage {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    name: string
    dependencies?: Record<string, string>
    exports?: string | Record<string, string>
  }
  return {
    name: manifest.name.replace('@berth/', ''),
    kind,
    directory,
    dependencies: Object.keys(manifest.dependencies ?? {}),
    exports: typeof manifest.exports === 'string' ? { '.': manifest.exports } : (manifest.exports ?? {}),
    sources: readSources(join(directory, 'src')),
  }
}

/** Every TypeScript file under `directory`, parsed. */
export function readSources(directory: string): SourceFile[] {
  return globSync('**/*.{ts,tsx}', { cwd: directory, exclude: ['**/generated/**', '**/node_modules/**'] })
    .sort()
    .map((path) => readSourceFile(join(directory, path)))
}

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.includes('/testsuite/') || path.includes('/fixtures/')
}

/** The file that a relative import names. */
export function resolveRelative(from: string, specifier: string): string {
  return join(dirname(from), specifier)
}

/** `packages/oci/src/digest.ts:12`, to be clicked. */
export function place(path: string, line: number): string {
  return `${relative(root, path)}:${line}`
}
