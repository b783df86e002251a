import { describe } from 'node:test'
import type { ContentStore } from '../content-store.ts'
import { testBlobs } from './blobs.ts'
import { testGarbageCollection } from './garbage-collection.ts'
import { testIngests } from './ingests.ts'

/** Gives an empty store; the suite disposes it. */
export type OpenTestStore = () => Promise<ContentStore>

/** What every content store must do, as tests of `node:test`. */
export function testContentStore(name: string, open: OpenTestStore): void {
  describe(`content store ${name}`, () => {
    testBlobs(open)
    testIngests(open)
    testGarbageCollection(open)
  })
}
