import { test } from 'node:test'
import { soakCollection } from '../integration/hub/soak-collection.ts'

/** `BERTH_SOAK_MINUTES=30` for a night. */
const minutes = Number(process.env['BERTH_SOAK_MINUTES'] ?? 5)

test(`R2: collecting every second for ${minutes} minutes of pushes and deletions loses nothing`, async (context) => {
  const { collections, deletedBlobs } = await soakCollection({
    durationMs: minutes * 60_000,
    collectEveryMs: 1000,
  })
  context.diagnostic(`${collections} collections freed ${deletedBlobs} blobs`)
})
