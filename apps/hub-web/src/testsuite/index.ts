export { hostileMarkdown, harmfulMarkup } from './hostile-markdown.ts'
export { findFormToken, PageVisitor } from './page-visitor.ts'
export { pageRoutes } from '../page-routes.ts'
