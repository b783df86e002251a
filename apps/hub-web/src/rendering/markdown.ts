import { createHash } from 'node:crypto'
import MarkdownIt from 'markdown-it'
import { sanitizeMarkup } from './sanitized-markup.ts'

/** Markup that people write in Markdown passes, as READMEs need it: what of it stays is decided in one place. */
const markdown = new MarkdownIt({ html: true, linkify: true })

const remembered = new Map<string, string>()
const rememberedMax = 100

/**
 * A description as safe markup, to be inserted as it is. The worst of 25,000 bytes takes half a second, a usual one some
 * milliseconds; a popular page is asked for often, so the last ones are kept.
 */
export function renderMarkdown(text: string): string {
  const key = createHash('sha256').update(text).digest('base64')
  const markup = remembered.get(key) ?? sanitizeMarkup(withTaskMarks(markdown.render(text)))
  remembered.delete(key)
  remembered.set(key, markup)
  const oldest = remembered.keys().next()
  if (remembered.size > rememberedMax && !oldest.done) remembered.delete(oldest.value)
  return markup
}

/** `- [x] done`, as git hosts have it: signs instead of boxes that nobody could tick. */
function withTaskMarks(markup: string): string {
  return markup.replaceAll(/<li>(<p>)?\[([ xX])\] /g, (_, paragraph: string | undefined, mark: string) => {
    return `<li>${paragraph ?? ''}${mark === ' ' ? '☐' : '☑'} `
  })
}
