import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findBrowser, startBrowser } from '../../fixtures/browser.ts'
import { everyPage } from './every-page.ts'
import { startFurnishedHub } from './furnished-hub.ts'

const skip = !(await findBrowser()) && 'needs chromium'
/** Wanted are 150 kB; style, script and page together are far below, and should stay there. */
const pageBytesMax = 40_000
const requestsMax = 4
/** The most different ones; each takes a browser that has nothing of it yet. */
const routes = [
  '/',
  '/search',
  '/r/_',
  '/r/_/-/tags',
  '/r/_/-/images/:digest',
  '/r/_/-/settings',
  '/settings/tokens',
]

test('pages weigh little, ask for little, and do not move while they load', { skip }, async () => {
  await using hub = await startFurnishedHub()
  await using browser = await startBrowser()
  await hub.catalog.repositories.updateRepository(hub.ada, 'ada/web', {
    fullDescription: 'Some words with `code` and **more** of them.\n\n'.repeat(500),
  })
  const wrong: string[] = []
  for (const { path, who } of everyPage(hub).filter(({ route }) => routes.includes(route))) {
    await using window = await browser.open()
    if (who) await hub.signIn(window.context, who)
    await window.page.goto(hub.url + path)
    const { bytes, requests, shift } = await window.page.evaluate(async () => {
      const entries = [
        ...(performance.getEntriesByType('navigation') as PerformanceResourceTiming[]),
        ...(performance.getEntriesByType('resource') as PerformanceResourceTiming[]),
      ]
      const shift = await new Promise<number>((resolve) => {
        let sum = 0
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value
        }).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve(sum), 50)
      })
      const bytes = entries.reduce((sum, { transferSize }) => sum + transferSize, 0)
      return { bytes, requests: entries.length, shift }
    })
    if (bytes > pageBytesMax || bytes === 0) wrong.push(`${path}: ${bytes} bytes`)
    if (requests > requestsMax) wrong.push(`${path}: ${requests} requests`)
    if (shift > 0.01) wrong.push(`${path}: moves by ${shift}`)
  }
  assert.deepEqual(wrong, [])
})
