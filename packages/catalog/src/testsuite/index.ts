export { MemoryContents } from './memory-contents.ts'
export { randomWord, seedRepositories } from './seed-repositories.ts'
export { openTemporaryCatalog, passwordOf, stranger } from './temporary-catalog.ts'
export type { TemporaryCatalog, TemporaryCatalogOptions } from './temporary-catalog.ts'
