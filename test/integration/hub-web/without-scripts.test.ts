import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordOf } from '@berth/catalog/testsuite'
import { findBrowser, startBrowser } from '../../fixtures/browser.ts'
import { startFurnishedHub } from './furnished-hub.ts'

const skip = !(await findBrowser()) && 'needs chromium'

test('pages can be read and used without scripts', { skip }, async () => {
  await using hub = await startFurnishedHub()
  await using browser = await startBrowser()
  await using window = await browser.open({ javaScriptEnabled: false })
  const { page } = window
  await page.goto(hub.url)
  await page.getByRole('searchbox', { name: 'Search images' }).fill('web')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('link', { name: 'ada/web' }).click()
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'ada/web')
  assert.match((await page.getByRole('main').textContent()) ?? '', /docker pull 127\.0\.0\.1:\d+\/ada\/web/)
  assert.equal(await page.getByRole('button', { name: /Copy/ }).count(), 0)
  await page.getByRole('link', { name: 'Tags', exact: true }).click()
  await page.getByRole('link', { name: 'latest' }).click()
  await page.getByRole('link', { name: /^linux\// }).click()
  assert.match((await page.getByRole('main').textContent()) ?? '', /Layers and history/)

  await page.goto(`${hub.url}/r/ada/web`)
  await page.getByRole('link', { name: 'Star' }).click()
  await page.getByLabel('Name or e-mail address').fill('bob')
  await page.getByLabel('Password').fill(passwordOf('bob'))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Star' }).click()
  assert.equal(await page.getByRole('button', { name: /Starred/ }).textContent(), 'Starred2')
  await page.getByRole('button', { name: /^Colours/ }).click()
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'light')
  await page.getByRole('button', { name: /^Colours/ }).click()
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
  assert.equal(new URL(page.url()).pathname, '/r/ada/web')
})

test(
  'filters of a search are sent by a button without scripts, and by themselves with them',
  { skip },
  async () => {
    await using hub = await startFurnishedHub()
    await using browser = await startBrowser()
    for (const javaScriptEnabled of [false, true]) {
      await using window = await browser.open({ javaScriptEnabled })
      const { page } = window
      await page.goto(`${hub.url}/search`)
      await page.getByRole('link', { name: 'ada/web' }).waitFor()
      await page.getByLabel('Official images').check()
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Apply' }).click()
      await page.getByRole('link', { name: 'ada/web' }).waitFor({ state: 'detached' })
      await page.getByRole('link', { name: 'busybox' }).waitFor()
      await page.waitForURL(/official=1/)
    }
  },
)

test('a star is given without the page being loaded again', { skip }, async () => {
  await using hub = await startFurnishedHub()
  await using browser = await startBrowser()
  await using window = await browser.open()
  const { page, context } = window
  await hub.signIn(context, 'bob')
  await page.goto(`${hub.url}/r/ada/web`)
  await page.evaluate(() => document.body.setAttribute('data-same', ''))
  await page.getByRole('button', { name: 'Star' }).click()
  await page.getByRole('button', { name: /Starred/ }).waitFor()
  assert.equal(await page.locator('body').getAttribute('data-same'), '')
  await page.getByRole('button', { name: /Starred/ }).click()
  await page.getByRole('button', { name: 'Star', exact: false, pressed: false }).waitFor()
  assert.deepEqual(window.complaints, [])
})

test('the pull command is copied by a button', { skip }, async () => {
  await using hub = await startFurnishedHub()
  await using browser = await startBrowser()
  await using window = await browser.open({ permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = window
  await page.goto(`${hub.url}/r/ada/web`)
  await page.getByRole('button', { name: 'Copy the pull command' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  assert.equal(copied, `docker pull ${new URL(hub.url).host}/ada/web`)
})
