import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { ImageHistory } from './image-history.ts'
import { serveRegistry } from './served-registry.ts'

const pushers = 8
/** However busy the machine is. */
const collectionsMin = 5
/** What is guarded for an hour is free after seven seconds: a push that the machine holds up for some is not too late. */
const timeFactor = 500
const freedWithinMs = 30_000

/** Collects again and again while clients push and delete, and checks that nothing is lost and something is freed. */
export async function soakCollection({
  durationMs,
  collectEveryMs,
}: {
  durationMs: number
  collectEveryMs: number
}): Promise<{ collections: number; deletedBlobs: number }> {
  // Time begins in the past and ends about now, for files have the machine's time: uploads under way would be a day old
  // after some minutes.
  const startedAt = Date.now()
  const now = () => startedAt - durationMs * timeFactor + (Date.now() - startedAt) * timeFactor
  await using served = await serveRegistry({ now })
  const histories = Array.from(
    { length: pushers },
    (_, index) => new ImageHistory(served.url, `pusher/${index}`),
  )
  const endsAt = Date.now() + durationMs
  const deleted: number[] = []
  const collecting = (async () => {
    const isFreed = () => deleted.some((count) => count > 0)
    while (Date.now() < endsAt || (!isFreed() && Date.now() < endsAt + freedWithinMs)) {
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
  assert.ok(deleted.length >= collectionsMin, `${deleted.length} collections`)
  assert.ok(Math.max(...deleted) > 0)
  return { collections: deleted.length, deletedBlobs: deleted.reduce((sum, count) => sum + count, 0) }
}
