import { fieldValue, type ListView, type RawFormat } from './list-view.ts'
import { formatTable } from './table.ts'
import { goJson } from './go-json.ts'

export interface ListFormat {
  /** `table`, `table TEMPLATE`, `json`, `raw` or a template; '' is the default table. */
  format: string
  isQuiet?: boolean
}

/** The text of a list in the format that was asked for. */
export async function formatList<T>(
  items: readonly T[],
  view: ListView<T>,
  { format, isQuiet = false }: ListFormat,
): Promise<string> {
  const wanted = format.trim()
  if (wanted === 'raw' && view.raw) return formatRaw(items, { ...view, raw: view.raw }, isQuiet)
  if (isQuiet && (wanted === '' || wanted === 'table')) {
    return items.map((item) => `${view.fields[view.quietField]?.value(item) ?? ''}\n`).join('')
  }
  if (wanted === '' || wanted === 'table')
    return await formatTable([headers(view), ...items.map((item) => cells(view, item))])
  if (wanted === 'json' || wanted === '{{json .}}')
    return items.map((item) => `${goJson(sortedRecord(view, item))}\n`).join('')
  return formatTemplate(items, view, wanted)
}

function formatRaw<T>(
  items: readonly T[],
  { fields, quietField, raw }: ListView<T> & { raw: RawFormat },
  isQuiet: boolean,
): string {
  return items
    .map((item) => {
      const value = (name: string) => fields[name]?.value(item) ?? ''
      const lines = isQuiet ? [`${raw.quietLabel}: ${value(quietField)}`] : [...raw.lines(value), '']
      return lines.map((line) => `${line}\n`).join('')
    })
    .join('')
}

async function formatTemplate<T>(items: readonly T[], view: ListView<T>, format: string): Promise<string> {
  const { listTemplate } = await import('./list-template.ts')
  const isTable = /^table\s/.test(format)
  const template = listTemplate(view, isTable ? format.slice('table'.length).trim() : format)
  const lines = items.map((item) => template.render(item))
  if (!isTable) return lines.map((line) => `${line}\n`).join('')
  const rows = [template.renderHeader(), ...lines].flatMap((text) => text.split('\n'))
  return formatTable(rows.map((line) => line.split('\t')))
}

function headers<T>({ fields, columns }: ListView<T>): string[] {
  return columns.map((name) => fields[name]?.header ?? '')
}

function cells<T>({ fields, columns }: ListView<T>, item: T): string[] {
  return columns.map((name) => fields[name]?.value(item) ?? '')
}

/** The fields by name, as JSON has them. */
export function sortedRecord<T>({ fields }: ListView<T>, item: T): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(fields)
      .map(([name, field]): [string, string | boolean] => [
        name,
        field.jsonValue?.(item) ?? fieldValue(field, item),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}
