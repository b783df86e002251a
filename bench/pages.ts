import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram } from '@berth/host'
import { temporaryDirectory } from '@berth/stdx/testsuite'
import { chromium, type Browser, type Page } from 'playwright-core'
import { publishFigures } from './figures.ts'
import { measureSeriesInTurns } from './measure.ts'
import { prepareBench } from './prepare-bench.ts'
import { startProgram } from './program.ts'

const launcher = join(import.meta.dirname, '..', 'bin', 'berth-hub')
const repositories = 30
const readme = '## A part\n\nSome words with `code` and a [link](https://example.test).\n\n'.repeat(40)

/** What somebody sees first, each loaded by a browser that has nothing of it yet. */
const views: Record<string, string> = {
  start: '/',
  search: '/search?q=image',
  repository: '/r/ada/image-0',
  'sign-in': '/signin',
}

const { rounds } = await prepareBench(10)
await using stack = new AsyncDisposableStack()
const directory = await temporaryDirectory(stack)
const url = await startHub()
const browser = await launchBrowser()
stack.defer(() => browser.close())
await furnish(browser)

await publishFigures(
  'pages',
  await measureSeriesInTurns(
    {
      rounds,
      figures: [
        { id: 'page-paint', title: 'page, empty cache, until something is seen', unit: 'ms' },
        { id: 'page-load', title: 'the same until all of it is there', unit: 'ms' },
        { id: 'page-weight', title: 'bytes over the wire for it', unit: 'kB' },
      ],
    },
    Object.entries(views).map(([name, path]) => ({ name, measure: () => view(url + path) })),
  ),
)

async function launchBrowser(): Promise<Browser> {
  const executablePath = await findProgram('chromium', { searchPath: process.env['PATH'] ?? '' })
  if (executablePath === undefined) throw new Error('Needs chromium')
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}

async function startHub(): Promise<string> {
  const log = join(directory, 'hub.log')
  const flags = ['--listen', '127.0.0.1:0', '--data', join(directory, 'data'), '--log-level', 'warn']
  const hub = stack.use(startProgram([launcher, 'serve', ...flags], log))
  const said = async () => /listens on (\S+)/.exec(await readFile(log, 'utf8'))?.[1]
  await hub.readyAfterMs(async () => (await said()) !== undefined)
  return (await said()) ?? ''
}

/** An account with repositories, made as people make them. */
async function furnish(browser: Browser): Promise<void> {
  const page = await browser.newPage()
  await page.goto(`${url}/signup`)
  await page.getByLabel('Name').fill('ada')
  await page.getByLabel('E-mail address').fill('ada@example.test')
  await page.getByLabel('Password').fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.waitForURL(`${url}/`)
  for (let index = 0; index < repositories; index++) await createRepository(page, `image-${index}`)
  await page.goto(`${url}/r/ada/image-0/-/settings`)
  await page.getByLabel('README').fill(readme)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL(`${url}/r/ada/image-0`)
  await page.close()
}

async function createRepository(page: Page, name: string): Promise<void> {
  await page.goto(`${url}/new`)
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByLabel('Short description').fill(`The image ${name}, as an example`)
  await page.getByRole('button', { name: 'Create repository' }).click()
  await page.waitForURL(`${url}/r/ada/${name}`)
}

/** First paint, end of loading, and what came over the wire. */
async function view(address: string): Promise<number[]> {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.goto(address, { waitUntil: 'load' })
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0)
    return await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
      const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
      const sizes = [navigation, ...resources].map((entry) => entry?.transferSize ?? 0)
      return [
        performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
        navigation?.loadEventEnd ?? 0,
        sizes.reduce((sum, size) => sum + size, 0) / 1000,
      ]
    })
  } finally {
    await context.close()
  }
}
