import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '@berth/oci'
import { isCoded } from '@berth/stdx'
import { openCatalog } from '../open-catalog.ts'
import { stranger, type TemporaryCatalog } from '../testsuite/temporary-catalog.ts'
import { testOnBothDatabases } from '../testsuite/test-databases.ts'

const hourMs = 60 * 60 * 1000

async function pushTo(catalog: TemporaryCatalog, tags: string[]): Promise<void> {
  const digest = digestOf(tags.join())
  catalog.registry.noteActivity({ kind: 'push', repository: 'ada/app', digest, tags, account: 'ada' })
  await catalog.registry.flush()
}

await testOnBothDatabases('webhooks', (open) => {
  test('a push is delivered to every webhook, as Docker Hub says it', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.repositories.createRepository(ada, { name: 'ada/app', description: 'An app' })
    const form = { name: 'ci', url: 'https://ci.test/hook' }
    const { id, secret } = await catalog.webhooks.createWebhook(ada, 'ada/app', form)
    await assert.rejects(catalog.webhooks.createWebhook(ada, 'ada/app', form), (error) =>
      isCoded(error, 'already-exists'),
    )
    await pushTo(catalog, ['v1'])
    const [delivery, ...more] = await catalog.webhooks.takeDueDeliveries(10)
    assert.ok(delivery)
    assert.deepEqual(more, [])
    assert.equal(delivery.secret, secret)
    assert.equal(delivery.url, form.url)
    const body = JSON.parse(delivery.body) as Record<string, Record<string, unknown>>
    assert.equal(body['push_data']?.['tag'], 'v1')
    assert.equal(body['push_data']?.['pusher'], 'ada')
    assert.equal(body['repository']?.['repo_name'], 'ada/app')
    assert.equal(body['repository']?.['repo_url'], 'https://hub.test/r/ada/app')
    assert.deepEqual(await catalog.webhooks.takeDueDeliveries(10), [])
    await catalog.webhooks.settleDelivery(delivery.id, { status: 204 })
    assert.equal(await catalog.webhooks.noteCallback(delivery.id, 'success'), true)
    const [seen] = await catalog.webhooks.listDeliveries(ada, 'ada/app', id)
    assert.deepEqual([seen?.state, seen?.lastStatus, seen?.callback], ['delivered', 204, 'success'])
    assert.equal(JSON.stringify(await catalog.webhooks.listWebhooks(ada, 'ada/app')).includes(secret), false)
  })

  test('what fails is due again later and later, for a day', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.repositories.createRepository(ada, { name: 'ada/app' })
    const { id } = await catalog.webhooks.createWebhook(ada, 'ada/app', {
      name: 'ci',
      url: 'https://ci.test',
    })
    await pushTo(catalog, ['v1'])
    const begin = catalog.clock.now
    let tries = 0
    for (; catalog.clock.now < begin + 48 * hourMs; catalog.clock.now += hourMs / 6) {
      for (const due of await catalog.webhooks.takeDueDeliveries(10)) {
        assert.equal(due.attempt, ++tries)
        await catalog.webhooks.settleDelivery(due.id, tries % 2 ? { status: 500 } : { error: 'no answer' })
      }
    }
    const [seen] = await catalog.webhooks.listDeliveries(ada, 'ada/app', id)
    assert.equal(seen?.state, 'failed')
    assert.ok(tries >= 6 && tries <= 20, `${tries} tries`)
    await catalog.sweep()
    catalog.clock.now += 40 * 24 * hourMs
    await catalog.sweep()
    assert.deepEqual(await catalog.webhooks.listDeliveries(ada, 'ada/app', id), [])
  })

  test('takeDueDeliveries() gives each to one of two replicas, and again when that one dies', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.repositories.createRepository(ada, { name: 'ada/app' })
    await catalog.webhooks.createWebhook(ada, 'ada/app', { name: 'ci', url: 'https://ci.test' })
    await pushTo(
      catalog,
      Array.from({ length: 20 }, (_, index) => `v${index}`),
    )
    const { database, contents, clock } = catalog
    await using second = await openCatalog({ database, contents, now: () => clock.now })
    const taken = await Promise.all(
      [catalog, second, catalog, second].map(({ webhooks }) => webhooks.takeDueDeliveries(7)),
    )
    const ids = taken.flat().map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
    assert.ok(ids.length > 0)
    catalog.clock.now += hourMs
    const again = [
      ...(await catalog.webhooks.takeDueDeliveries(100)),
      ...(await second.webhooks.takeDueDeliveries(100)),
    ]
    assert.equal(again.length, 20)
  })

  test('createWebhook() takes http and https alone, without a password', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.repositories.createRepository(ada, { name: 'ada/app' })
    for (const url of [
      'ftp://x.test',
      'file:///etc/passwd',
      'https://u:p@x.test',
      'nonsense',
      'https://x\0.test',
    ])
      await assert.rejects(catalog.webhooks.createWebhook(ada, 'ada/app', { name: 'n', url }), (error) =>
        isCoded(error, 'invalid-argument'),
      )
  })

  test('requestBuild() notes a change of the source for who has the secret', async () => {
    await using catalog = await open()
    const ada = await catalog.addAccount('ada')
    await catalog.repositories.createRepository(ada, { name: 'ada/app' })
    await assert.rejects(catalog.webhooks.getBuildTrigger(ada, 'ada/app'), (error) =>
      isCoded(error, 'failed-precondition'),
    )
    await catalog.repositories.updateRepository(ada, 'ada/app', { source: 'https://git.test/app' })
    const { secret } = await catalog.webhooks.getBuildTrigger(ada, 'ada/app')
    assert.equal((await catalog.webhooks.getBuildTrigger(ada, 'ada/app')).secret, secret)
    const source = { ref: 'refs/heads/main', address: '192.0.2.7' }
    assert.equal(await catalog.webhooks.requestBuild('guess', source), false)
    assert.equal(await catalog.webhooks.requestBuild(secret, source), true)
    const [request] = await catalog.webhooks.listBuildRequests(ada, 'ada/app')
    assert.equal(request?.ref, 'refs/heads/main')
    const { entries } = await catalog.audit.listAudit(ada, 'ada', { page: 1, size: 50 })
    const log = JSON.stringify(entries)
    assert.ok(log.includes('repo.build.request'))
    assert.equal(log.includes(secret), false)
    await assert.rejects(catalog.webhooks.listWebhooks(stranger, 'ada/app'), (error) =>
      isCoded(error, 'unauthorized'),
    )
  })
})
