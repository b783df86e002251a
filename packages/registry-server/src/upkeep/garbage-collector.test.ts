import { openLocalStores } from '../testsuite/temporary-registry.ts'
import { testGarbageCollector } from '../testsuite/test-garbage-collector.ts'

testGarbageCollector('local', openLocalStores)
