import { goJson } from './go-json.ts'

/** One object by `json` or a template, ended by a newline. */
export async function formatObject(object: unknown, format: string): Promise<string> {
  if (format.trim() === 'json') return `${goJson(object)}\n`
  const { parseTemplate } = await import('./template.ts')
  return `${parseTemplate(format).render(object)}\n`
}
