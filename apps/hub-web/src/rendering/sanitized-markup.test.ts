import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostileMarkdown, harmfulMarkup } from '../testsuite/hostile-markdown.ts'
import { renderMarkdown } from './markdown.ts'
import { sanitizeMarkup } from './sanitized-markup.ts'

test('renderMarkdown() leaves nothing harmful of hostile descriptions (CVE-2025-32019)', async (t) => {
  for (const text of hostileMarkdown)
    await t.test(JSON.stringify(text.slice(0, 60)), () => {
      assert.equal(harmfulMarkup(renderMarkdown(text)), undefined)
      assert.equal(harmfulMarkup(renderMarkdown(`# Before\n\n- ${text}\n\n> ${text}\n`)), undefined)
    })
})

test('harmfulMarkup() finds what the sanitizer takes out', () => {
  const harmful = [
    '<script>x</script>',
    '<p onclick="x">',
    '<a href="javascript:x">',
    '<img src="x">',
    '<p id="x">',
  ]
  assert.deepEqual(
    harmful.filter((markup) => harmfulMarkup(markup) === undefined),
    [],
  )
})

test('renderMarkdown() keeps what READMEs are made of', () => {
  const markup = renderMarkdown(
    '# Title\n\nSome *text* with `code`, ~~old~~ and <kbd>Ctrl</kbd>.\n\n| a |\n|---|\n| 1 |\n\n- [x] done\n- [ ] open\n',
  )
  for (const part of [
    '<h2>Title</h2>',
    '<em>text</em>',
    '<code>code</code>',
    '<kbd>Ctrl</kbd>',
    '☑ done',
    '☐ open',
  ])
    assert.ok(markup.includes(part), part)
  assert.match(
    markup,
    /<div class="scrolls" tabindex="0" role="region" aria-label="Table"><table>[^]*<\/table><\/div>/,
  )
})

test('sanitizeMarkup() lets headings follow each other without a gap below the page’s own', () => {
  const levels = (markup: string) =>
    [...sanitizeMarkup(markup).matchAll(/<h(\d)>/g)].map((match) => Number(match[1]))
  assert.deepEqual(levels('<h1>a</h1><h4>b</h4><h1>c</h1><h6>d</h6>'), [2, 3, 2, 3])
  assert.deepEqual(levels('<h3>a</h3><h2>b</h2>'), [2, 3])
})

test('sanitizeMarkup() links only to whole addresses, and says nothing of where the reader comes from', () => {
  assert.equal(
    sanitizeMarkup('<a href="https://example.com/x" onclick="x" target="_top">x</a>'),
    '<a href="https://example.com/x" rel="nofollow ugc noopener noreferrer">x</a>',
  )
  for (const href of ['/settings/delete', '//example.com', '../x', '#content', 'ftp://x', 'javascript:x'])
    assert.equal(sanitizeMarkup(`<a href="${href}">x</a>`), '<a>x</a>', href)
})

test('sanitizeMarkup() shows pictures over TLS alone', () => {
  assert.match(
    sanitizeMarkup('<img src="https://example.com/x.png">'),
    /^<img src="https:[^>]* alt="" [^>]*no-referrer/,
  )
  for (const src of ['http://example.com/x.png', '/x.png', 'x', 'data:image/svg+xml;base64,PHN2Zz4='])
    assert.equal(sanitizeMarkup(`<img src="${src}">`), '', src)
})

test('renderMarkdown() takes little time for text that is made to take long', () => {
  const size = 10_000
  const texts = ['*a_', '[', '![', '>', '_', '`a', '[a](', '<a ', '|a', '~~a'].map((part) =>
    part.repeat(size / part.length),
  )
  const before = process.cpuUsage()
  for (const text of texts) renderMarkdown(text)
  // Some milliseconds each; a parser that goes back and forth takes seconds for the first alone.
  assert.ok(process.cpuUsage(before).user < 5_000_000)
})
