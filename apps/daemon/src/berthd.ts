import { enableCompileCache } from 'node:module'

// Before anything else is loaded: a start from the cache takes half the time.
enableCompileCache()
const { main } = await import('./main.ts')
await main()
