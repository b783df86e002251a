import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordOf } from '@berth/catalog/testsuite'
import type { Page } from 'playwright-core'
import { findBrowser, startBrowser } from '../../fixtures/browser.ts'
import { startFurnishedHub } from './furnished-hub.ts'

const skip = !(await findBrowser()) && 'needs chromium'
const stepsMax = 60

test('a repository is found, starred and made private by keyboard alone', { skip }, async () => {
  await using hub = await startFurnishedHub()
  await using browser = await startBrowser()
  await using window = await browser.open()
  const { page } = window
  const { keyboard } = page
  await page.goto(`${hub.url}/signin`)
  await keyboard.press('Tab')
  assert.equal(await focusedText(page), 'Skip to the content')
  await keyboard.press('Enter')
  await tabTo(page, 'Name or e-mail address')
  await keyboard.type('ada')
  await keyboard.press('Tab')
  await keyboard.type(passwordOf('ada'))
  await keyboard.press('Enter')
  await page.waitForURL(hub.url)

  await keyboard.press('/')
  await keyboard.type('web')
  await keyboard.press('Enter')
  await page.waitForURL(/search/)
  await tabTo(page, 'ada/web')
  await keyboard.press('Enter')
  await page.waitForURL(/\/r\/ada\/web$/)
  await tabTo(page, 'Star')
  await keyboard.press('Space')
  await page.getByRole('button', { name: 'Starred' }).waitFor()
  assert.match(await focusedText(page), /^Starred/)

  await tabTo(page, 'Settings')
  await keyboard.press('Enter')
  await page.waitForURL(/settings$/)
  await tabTo(page, 'Make private')
  await keyboard.press('Enter')
  await page.getByText('The repository is private now.').waitFor()
  assert.equal(await hub.catalog.repositories.permissionOf(anyone, 'ada/web'), undefined)
})

test('the menu of an account opens and closes by keyboard', { skip }, async () => {
  await using hub = await startFurnishedHub()
  await using browser = await startBrowser()
  await using window = await browser.open()
  const { page, context } = window
  await hub.signIn(context, 'ada')
  await page.goto(hub.url)
  await tabTo(page, 'Account of ada')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Stars')
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Stars' }).waitFor({ state: 'hidden' })
})

const anyone = {
  account: undefined,
  scope: 'repo:public_read' as const,
  tokenId: undefined,
  address: '127.0.0.1',
}

/** Goes on until what has the focus begins with `text`, and can be seen to have it. */
async function tabTo(page: Page, text: string): Promise<void> {
  const passed: string[] = []
  for (let step = 0; step < stepsMax; step++) {
    await page.keyboard.press('Tab')
    const focused = await focusedText(page)
    if (focused.startsWith(text)) return assert.ok(await isFocusSeen(page), `${text} does not show its focus`)
    passed.push(focused)
  }
  assert.fail(`${text} is not reached: ${passed.join(', ')}`)
}

/** Label, name or text of what has the focus, as it is read aloud. */
function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement
    const label = focused instanceof HTMLInputElement ? focused.labels?.[0]?.textContent : undefined
    const read = focused?.cloneNode(true) as Element | undefined
    for (const silent of read?.querySelectorAll('[aria-hidden]') ?? []) silent.remove()
    const text = focused?.getAttribute('aria-label') ?? label ?? read?.textContent ?? ''
    return text.replaceAll(/\s+/g, ' ').trim()
  })
}

function isFocusSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const focused = document.activeElement
    const drawn = [focused, focused?.closest('.card')].filter((each) => each instanceof Element)
    return drawn.some((each) => getComputedStyle(each).outlineStyle !== 'none')
  })
}
