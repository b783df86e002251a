import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { pageRoutes } from '@berth/hub-web/testsuite'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { findBrowser, startBrowser, type TestBrowser } from '../../fixtures/browser.ts'
import { buildImage } from '../../fixtures/images.ts'
import { everyPage, type PageCase } from './every-page.ts'
import { startFurnishedHub } from './furnished-hub.ts'
import { startPageHub } from './page-hub.ts'

const skip = !(await findBrowser()) && 'needs chromium'
const axeSource = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

test('pages are all looked at', { skip }, async () => {
  await using hub = await startFurnishedHub()
  const seen = new Set(everyPage(hub).map(({ route }) => route))
  const missing = pageRoutes.filter(({ method, path }) => method === 'GET' && !seen.has(path))
  assert.deepEqual(
    missing.map(({ path }) => path),
    [],
  )
})

test(
  'pages have nothing that keeps people out, in light and in dark (WCAG AA by axe-core)',
  { skip },
  async () => {
    await using hub = await startFurnishedHub()
    await using browser = await startBrowser()
    const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
      ([undefined, 'ada', 'keeper'] as const).map((who) => {
        const cases = everyPage(hub).filter((page) => page.who === who)
        return lookAt(browser, { hub, cases, who, colorScheme })
      }),
    )
    assert.deepEqual((await Promise.all(looks)).flat(), [])
  },
)

test('axe-core finds what it should in a page that keeps people out', { skip }, async () => {
  await using browser = await startBrowser()
  await using window = await browser.open()
  await window.page.setContent('<img src="x"><input><p style="color:#aaa;background:#fff">pale</p>')
  const rules = (await findProblems(window.page)).map((finding) => finding.split(' ', 1)[0])
  for (const rule of ['image-alt', 'label', 'color-contrast']) assert.ok(rules.includes(rule), rule)
})

test('pages fit a narrow screen without scrolling sideways', { skip }, async () => {
  await using hub = await startFurnishedHub()
  await using browser = await startBrowser()
  await using stack = new AsyncDisposableStack()
  const wide: string[] = []
  for (const who of [undefined, 'ada', 'keeper'] as const) {
    const { page, context } = stack.use(await browser.open({ viewport: { width: 360, height: 640 } }))
    if (who) await hub.signIn(context, who)
    for (const { path } of everyPage(hub).filter((each) => each.who === who)) {
      await page.goto(hub.url + path)
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      if (width > 360) wide.push(`${path}: ${width}`)
    }
  }
  assert.deepEqual(wide, [])
})

test('the longest names break: no page is wider than its window', { skip }, async () => {
  await using hub = await startPageHub()
  await using browser = await startBrowser()
  const account = 'a'.repeat(30)
  const [name, tag] = [`${account}/${'b'.repeat(200)}`, 'c'.repeat(128)]
  const ada = await hub.addAccount(account)
  const image = await buildImage({ layers: [{ '/file': 'text' }] })
  const digest = await hub.push(image, { name, tag, account })
  const source = `https://git.example.test/${'d'.repeat(200)}`
  await hub.catalog.repositories.updateRepository(ada, name, { source, description: 'e'.repeat(100) })
  await hub.catalog.organizations.createOrganization(ada, { name: 'f'.repeat(30) })
  await hub.catalog.tokens.createToken(ada, { label: 'g'.repeat(60), scope: 'repo:read' })
  const parts = ['', '/-/tags', `/-/tags/${tag}`, `/-/images/${digest}`, '/-/settings', '/-/builds']
  const paths = [
    ...parts.map((part) => `/r/${name}${part}`),
    '/',
    '/new',
    '/search?q=bb',
    '/repositories',
    '/orgs',
    `/orgs/${'f'.repeat(30)}`,
    `/u/${account}`,
    '/settings/tokens',
    '/settings/audit',
    `/r/${account}/nothing`,
  ]
  const wide: string[] = []
  for (const width of [360, 1280]) {
    await using window = await browser.open({ viewport: { width, height: 640 } })
    await hub.signIn(window.context, account)
    for (const path of paths) {
      await window.page.goto(hub.url + path)
      const needed = await window.page.evaluate(() => document.documentElement.scrollWidth)
      if (needed > width) wide.push(`${path.slice(0, 40)} in ${width}: ${needed}`)
    }
  }
  assert.deepEqual(wide, [])
})

interface Look {
  hub: Awaited<ReturnType<typeof startFurnishedHub>>
  cases: PageCase[]
  who: PageCase['who']
  colorScheme: 'light' | 'dark'
}

async function lookAt(browser: TestBrowser, { hub, cases, who, colorScheme }: Look): Promise<string[]> {
  // Without the policy, which keeps axe itself from being put into pages.
  await using window = await browser.open({ colorScheme, bypassCSP: true })
  if (who) await hub.signIn(window.context, who)
  const findings: string[] = []
  for (const { path } of cases) {
    await window.page.goto(hub.url + path)
    // Themes differ in colours and in nothing else.
    const rule = colorScheme === 'dark' ? 'color-contrast' : undefined
    for (const finding of await findProblems(window.page, rule))
      findings.push(`${colorScheme} ${path}: ${finding}`)
  }
  return findings
}

/** Only of one rule, where all others have been looked at. */
async function findProblems(page: Page, rule?: string): Promise<string[]> {
  await page.evaluate(axeSource)
  const options = rule === undefined ? {} : { runOnly: [rule] }
  const results = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`)
  assert.ok(results.passes.length > 0)
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id} ${html.slice(0, 200)}`))
}
