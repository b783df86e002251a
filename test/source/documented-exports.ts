import { existsSync } from 'node:fs'
import type { ParseResult } from 'oxc-parser'
import { readSourceFile, type SourceFile } from './source-file.ts'
import { place, resolveRelative } from './workspace.ts'

/**
 * The exports of an index whose declaration has no doc comment. Plain data shapes may speak through their fields; functions,
 * classes, constants and interfaces with methods are contracts.
 */
export function undocumentedExports(indexPath: string): string[] {
  if (!existsSync(indexPath)) return [`${place(indexPath, 1)} does not exist`]
  return readSourceFile(indexPath).parsed.module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, importName }) => {
      if (!moduleRequest?.value.startsWith('.') || !importName.name) return []
      return findUndocumented(resolveRelative(indexPath, moduleRequest.value), importName.name)
    }),
  )
}

function findUndocumented(path: string, name: string): string[] {
  const source = readSourceFile(path)
  const statement = source.parsed.program.body.find((node) => declaredNames(node).includes(name))
  if (!statement || isPlainData(statement) || isDocumented(source, statement.start)) return []
  return [`${place(path, source.text.slice(0, statement.start).split('\n').length)} ${name}`]
}

type Statement = ParseResult['program']['body'][number]

function declaredNames(node: Statement): string[] {
  if (node.type !== 'ExportNamedDeclaration' || !node.declaration) return []
  const { declaration } = node
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
  }
  return 'id' in declaration && declaration.id && 'name' in declaration.id ? [declaration.id.name] : []
}

function isPlainData(node: Statement): boolean {
  if (node.type !== 'ExportNamedDeclaration' || !node.declaration) return false
  const { declaration } = node
  if (declaration.type === 'TSTypeAliasDeclaration') return true
  return (
    declaration.type === 'TSInterfaceDeclaration' &&
    declaration.body.body.every(({ type }) => type !== 'TSMethodSignature')
  )
}

function isDocumented({ parsed, text }: SourceFile, start: number): boolean {
  return parsed.comments.some(
    ({ type, value, end }) =>
      type === 'Block' && value.startsWith('*') && end <= start && text.slice(end, start).trim() === '',
  )
}
