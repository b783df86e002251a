import sanitizeHtml, { type Attributes, type Tag } from 'sanitize-html'

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const
const allowedTags =
  'p br hr blockquote pre code ul ol li dl dt dd a img em i strong b del s ins sub sup kbd samp span div table thead tbody tr th td'.split(
    ' ',
  )
/** The page's own heading is the first level. */
const levelMin = 2

/**
 * What is left of markup that strangers wrote: text and its structure, pictures over TLS, links to elsewhere. No scripts,
 * styles, forms, frames, names or classes, so it can neither act nor pass for a part of the page.
 */
export function sanitizeMarkup(markup: string): string {
  const clean = sanitizeHtml(markup, {
    allowedTags: [...allowedTags, ...headings],
    allowedAttributes: {
      a: ['href', 'rel', 'title'],
      img: ['src', 'alt', 'title', 'width', 'height', 'loading', 'referrerpolicy'],
      ol: ['start'],
      pre: ['tabindex'],
      th: ['align', 'colspan', 'rowspan'],
      td: ['align', 'colspan', 'rowspan'],
    },
    allowedSchemes: ['https', 'http', 'mailto'],
    allowedSchemesByTag: { img: ['https', 'data'] },
    allowProtocolRelative: false,
    nestingLimit: 100,
    transformTags: {
      ...levelled(),
      a: toLink,
      img: toPicture,
      pre: () => ({ tagName: 'pre', attribs: { tabindex: '0' } }),
    },
    exclusiveFilter: ({ tag, attribs }) => tag === 'img' && attribs['src'] === undefined,
  })
  // Wide tables scroll by themselves, also by keyboard.
  return clean
    .replaceAll('<table>', '<div class="scrolls" tabindex="0" role="region" aria-label="Table"><table>')
    .replaceAll('</table>', '</table></div>')
}

/** Levels follow each other without a gap, whatever the author thought looked well. */
function levelled() {
  let last = levelMin - 1
  const asLevel = (wanted: number) => (): Tag => {
    last = Math.min(Math.max(wanted, levelMin), last + 1, 6)
    return { tagName: `h${last}`, attribs: {} }
  }
  return Object.fromEntries(headings.map((tag, index) => [tag, asLevel(index + levelMin)]))
}

/** Only whole addresses lead anywhere from here. */
function toLink(_: string, { href, title }: Attributes): Tag {
  const isWhole = href !== undefined && /^(https?:\/\/|mailto:)/i.test(href)
  return {
    tagName: 'a',
    attribs: { ...(isWhole && { href, rel: 'nofollow ugc noopener noreferrer' }), ...(title && { title }) },
  }
}

/** Read aloud as nothing when its author gave no words; fetched late, and without telling from where. */
function toPicture(_: string, { src, alt = '', title, width, height }: Attributes): Tag {
  const isShown = src !== undefined && /^(https:\/\/|data:image\/(png|jpeg|gif|webp);)/i.test(src)
  return {
    tagName: 'img',
    attribs: {
      ...(isShown && { src }),
      alt,
      ...(title && { title }),
      ...(isSize(width) && { width }),
      ...(isSize(height) && { height }),
      loading: 'lazy',
      referrerpolicy: 'no-referrer',
    },
  }
}

function isSize(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,4}%?$/.test(text)
}
