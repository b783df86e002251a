import { RegistryError } from '../registry-error.ts'

/** One resource and what is to be done with it: distribution token specification, "Resource scope". */
export interface Scope {
  type: string
  name: string
  actions: string[]
}

const scopesMax = 100

/** Reads `type:name:action,action …`; a class in brackets after the type is ignored, the name may have a port in it. */
export function parseScopes(texts: readonly string[]): Scope[] {
  const words = texts.flatMap((text) => text.split(' ')).filter((word) => word !== '')
  if (words.length > scopesMax)
    throw new RegistryError('UNSUPPORTED', { message: `more than ${scopesMax} scopes` })
  return words.map(parseScope)
}

function parseScope(text: string): Scope {
  const [first, last] = [text.indexOf(':'), text.lastIndexOf(':')]
  if (first < 1 || last <= first) throw new RegistryError('UNSUPPORTED', { message: 'malformed scope' })
  return {
    type: text.slice(0, first).replace(/\([^()]*\)$/, ''),
    name: text.slice(first + 1, last),
    actions: text
      .slice(last + 1)
      .split(',')
      .filter((action) => action !== ''),
  }
}

export function formatScope({ type, name, actions }: Scope): string {
  return `${type}:${name}:${actions.join(',')}`
}
