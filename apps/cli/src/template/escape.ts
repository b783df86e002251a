import { isPrintable } from './quote.ts'

const html: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

/** Text that stands for itself in HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"'&<>]/g, (character) => html[character] ?? '')
}

const script = new Set(['<', '>', '&', '='])

/** Text that stands for itself in a string of JavaScript. */
export function escapeScript(text: string): string {
  return Array.from(text, (character) => {
    if (character === '\\' || character === "'" || character === '"') return `\\${character}`
    if (!script.has(character) && isPrintable(character)) return character
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase()
    return `\\u${code.padStart(4, '0')}`
  }).join('')
}

/** Text as a value in the query of a URL. */
export function escapeQuery(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed())
  return encoded
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
