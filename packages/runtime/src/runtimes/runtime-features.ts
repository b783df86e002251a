/** What an OCI runtime can do, as its `features` command says (runtime-spec features.md). */
export interface RuntimeFeatures {
  namespaces: ReadonlySet<string>
  mountOptions: ReadonlySet<string>
}

/** Of a runtime that has no such command: what every one can. */
export const leastFeatures: RuntimeFeatures = { namespaces: new Set(), mountOptions: new Set() }

/** Throws SyntaxError when `text` is no JSON. */
export function parseRuntimeFeatures(text: string): RuntimeFeatures {
  const document = JSON.parse(text) as { mountOptions?: string[]; linux?: { namespaces?: string[] } }
  return { namespaces: new Set(document.linux?.namespaces), mountOptions: new Set(document.mountOptions) }
}
