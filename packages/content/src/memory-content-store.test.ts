import { memoryContentStore } from './memory-content-store.ts'
import { testContentStore } from './testsuite/index.ts'

testContentStore('in memory', async () => memoryContentStore())
