import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { ImageHistory } from './image-history.ts'
import { serveRegistry } from './served-registry.ts'

const pushers = 8

/** Collects again and again while clients push and delete, and checks that nothing is lost and something is freed. */
export async function soakCollection({
  durationMs,
  collectEveryMs,
}: {
  durationMs: number
  collectEveryMs: number
}): Promise<{ collections: number; deletedBlobs: number }> {
  // Time runs a thousand times faster: what is guarded for an hour is free after four seconds. It begins in the past and
  // ends about now, for files have the machine's time: uploads under way would be a day old after a minute and a half.
  const startedAt = Date.now()
  const now = () => startedAt - durationMs * 1000 + (Date.now() - startedAt) * 1000
  await using served = await serveRegistry({ now })
  const histories = Array.from(
    { length: pushers },
    (_, index) => new ImageHistory(served.url, `pusher/${index}`),
  )
  const endsAt = Date.now() + durationMs
  const deleted: number[] = []
  const collecting = (async () => {
    while (Date.now() < endsAt) {
      deleted.push((await served.registry.collectGarbage()).deletedBlobs)
      await sleep(collectEveryMs)
    }
  })()
  const pushing = histories.map(async (history) => {
    while (Date.now() < endsAt) {
      await history.push(1000)
      await history.push()
      assert.equal(await history.assertPresent(), 2)
      await Promise.all([history.deleteOldest(), history.deleteOldest()])
    }
    await history.push()
  })
  await Promise.all([collecting, ...pushing])
  for (const history of histories) assert.equal(await history.assertPresent(), 1)
  assert.ok(deleted.length > durationMs / collectEveryMs / 5)
  assert.ok(Math.max(...deleted) > 0)
  return { collections: deleted.length, deletedBlobs: deleted.reduce((sum, count) => sum + count, 0) }
}
