import { renderToString } from 'preact-render-to-string'
import { notices } from '../http/notices.ts'
import type { PageReply, PageRequest } from '../http/page-request.ts'
import { html } from '../rendering/html.ts'
import { Header } from './header.ts'
import { Notice } from './notice.ts'

/** The whole text of a page. */
export function renderDocument({ title, body }: PageReply, request: PageRequest): string {
  const { site, theme, notice } = request
  const document = html`<html lang="en" data-theme=${theme}>
    <head>
      <meta charset="utf-8" />
      <title>${title} · Berth Hub</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content=${theme === 'auto' ? 'light dark' : theme} />
      <link rel="icon" type="image/svg+xml" href=${site.assets.urlOf('icon.svg')} />
      <link rel="stylesheet" href=${site.assets.urlOf('style.css')} />
      <script type="module" src=${site.assets.urlOf('enhance.js')}></script>
    </head>
    <body>
      <a class="skip" href="#content">Skip to the content</a>
      ${Header(request)}
      <main id="content" tabindex="-1">
        ${notice && Notice({ kind: 'good', text: notices[notice] })} ${body}
      </main>
      ${Footer()}
    </body>
  </html>`
  return `<!doctype html>${renderToString(document)}`
}

function Footer() {
  return html`<footer class="footer">
    <p>Berth Hub keeps and shares container images. It tracks nobody.</p>
  </footer>`
}
