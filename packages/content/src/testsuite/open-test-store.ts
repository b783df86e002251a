import type { ContentStore } from '../content-store.ts'

/** Gives an empty store; the suite disposes it. */
export type OpenTestStore = () => Promise<ContentStore>
