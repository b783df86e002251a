import { builtinFunctions } from './builtin-functions.ts'
import { dockerFunctions, headingFunctions } from './docker-functions.ts'
import { walkList } from './evaluate-template.ts'
import type { GoValue } from './go-value.ts'
import { parseTemplate as parse } from './parser.ts'

export interface RenderOptions {
  /** What a missing key of a map is: `<no value>`, or an error. */
  missingKey?: 'default' | 'error'
  /** `heading` makes the heading of a table: Docker's functions leave their text as it is. */
  functions?: 'docker' | 'heading'
}

export interface Template {
  /** The template's text for one value. Throws TemplateError of stage `execute`. */
  render(data: GoValue | undefined, options?: RenderOptions): string
}

const functionSets = {
  docker: { ...builtinFunctions, ...dockerFunctions },
  heading: { ...builtinFunctions, ...headingFunctions },
}

/**
 * Parses a template in the language of Go's text/template with Docker's functions. Throws TemplateError of stage
 * `parse`. `name` is the template's in errors: most of Docker's have none.
 */
export function parseTemplate(text: string, name = ''): Template {
  const hasFunction = (name: string) => Object.hasOwn(functionSets.docker, name)
  const template = parse(text, { name, hasFunction })
  return {
    render(data, { missingKey = 'default', functions = 'docker' } = {}) {
      const output: string[] = []
      const state = {
        template,
        functions: functionSets[functions],
        missingKey,
        name,
        depth: 0,
        variables: [{ name: '$', value: data }],
        output,
        at: { position: 0, text: () => '' },
      }
      walkList(state, data, template.root)
      return output.join('')
    },
  }
}

/** Parses and renders at once. */
export function renderTemplate(text: string, data: GoValue | undefined, options?: RenderOptions): string {
  return parseTemplate(text).render(data, options)
}
