import { html as template } from 'htm/preact'
import type { ComponentChildren, VNode } from 'preact'

export type { ComponentChildren, VNode }

/**
 * Elements written as in HTML: `` html`<p class="note">${text}</p>` ``. What is inserted becomes text, an attribute's value or
 * an element, never markup, so nothing that people write can be more than words.
 */
export const html = template as (strings: TemplateStringsArray, ...inserted: readonly unknown[]) => VNode
