import { describe } from 'node:test'
import { testBlobs } from './blobs.ts'
import { testGarbageCollection } from './garbage-collection.ts'
import { testIngests } from './ingests.ts'
import type { OpenTestStore } from './open-test-store.ts'

/** What every content store must do, as tests of `node:test`. */
export function testContentStore(name: string, open: OpenTestStore): void {
  describe(`content store ${name}`, () => {
    testBlobs(open)
    testIngests(open)
    testGarbageCollection(open)
  })
}
