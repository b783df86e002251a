import { parse } from 'yaml'

/** What YAML text says; JSON is YAML. */
export function parseDocument(text: string): unknown {
  return parse(text)
}
