export { hostileMarkdown, harmfulMarkup } from './hostile-markdown.ts'
