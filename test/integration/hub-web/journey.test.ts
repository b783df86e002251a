import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { startAccountsHub } from '../../fixtures/accounts-hub.ts'
import { findBrowser, startBrowser } from '../../fixtures/browser.ts'
import { startEngine, type TestEngine } from '../../fixtures/engine.ts'
import { startHub } from '../../fixtures/hub.ts'
import { buildImage } from '../../fixtures/images.ts'

const skip = !(await findBrowser()) && 'needs chromium'
const password = 'correct horse battery staple'

test('somebody signs up, pushes with the stock client, stars and hides a repository', { skip }, async () => {
  await using stack = new AsyncDisposableStack()
  const hub = stack.use(await startAccountsHub())
  const engine = stack.use(await startEngine({ bridge: 'none' }))
  const browser = stack.use(await startBrowser())
  const ada = stack.use(await browser.open())
  const { page } = ada

  await signUp(page, { url: hub.url, name: 'ada' })
  await page.getByRole('link', { name: 'New repository' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('web')
  await page.getByLabel('Short description').fill('Serves the pages of a team')
  await page.getByRole('button', { name: 'Create repository' }).click()
  await page.getByText('Push the first image').waitFor()

  await page.goto(`${hub.url}/settings/tokens`)
  await page.getByLabel('What it is for').fill('laptop')
  await page.getByLabel('It may').selectOption({ label: 'Pull and push' })
  await page.getByRole('button', { name: 'Make token' }).click()
  const token = (await page.locator('#token-secret').textContent()) ?? ''
  await pushImage(engine, { name: `${hub.address}/ada/web:1.0`, token })

  await page.goto(`${hub.url}/r/ada/web`)
  await page.getByRole('link', { name: 'Tags', exact: true }).click()
  await page.getByRole('link', { name: '1.0' }).click()
  await page.getByText(`docker pull ${hub.address}/ada/web:1.0`).waitFor()
  await page.getByRole('link', { name: /^linux\// }).click()
  await page.getByRole('heading', { name: 'Layers and history' }).waitFor()
  await page.getByRole('button', { name: 'Star' }).click()
  await page.getByRole('button', { name: /^Starred/ }).waitFor()

  const stranger = stack.use(await browser.open())
  assert.equal(await findsInSearch(stranger.page, hub.url), true)
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('button', { name: 'Make private' }).click()
  await page.getByText('The repository is private now.').waitFor()
  assert.equal(await findsInSearch(stranger.page, hub.url), false)
  const gone = await stranger.page.goto(`${hub.url}/r/ada/web`)
  assert.equal(gone?.status(), 404)
  assert.equal(await findsInSearch(page, hub.url), true)
  assert.deepEqual(ada.complaints, [])
})

async function signUp(page: Page, { url, name }: { url: string; name: string }): Promise<void> {
  await page.goto(`${url}/signup`)
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('E-mail address').fill(`${name}@example.test`)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByText('Your account is ready.').waitFor()
}

/** With the stock client, as somebody who has pulled the image elsewhere. */
async function pushImage(
  engine: TestEngine,
  { name, token }: { name: string; token: string },
): Promise<void> {
  await using elsewhere = await startHub()
  await elsewhere.push(await buildImage({ layers: [{ '/hello': 'hello\n' }] }), 'team/app:v1')
  const source = `${elsewhere.address}/team/app:v1`
  const [address = ''] = name.split('/')
  const login = await engine.docker(['login', '-u', 'ada', '--password-stdin', address], { input: token })
  assert.equal(login.exitCode, 0, login.stderr)
  for (const args of [
    ['pull', '-q', source],
    ['tag', source, name],
    ['push', name],
    ['logout', address],
  ]) {
    const { exitCode, stderr } = await engine.docker(args)
    assert.equal(exitCode, 0, `docker ${args.join(' ')}: ${stderr}`)
  }
}

async function findsInSearch(page: Page, url: string): Promise<boolean> {
  await page.goto(`${url}/search?q=web`)
  return (await page.getByRole('link', { name: 'ada/web' }).count()) > 0
}
