export { createPages } from './create-pages.ts'
export type { Pages, PagesOptions } from './create-pages.ts'
