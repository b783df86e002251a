import { CodedError } from '@berth/stdx'
import { quote } from './names.ts'

/** What repositories are sorted into: Docker Hub's categories, by the slugs that its pages use. */
export const repositoryCategories: readonly { slug: string; name: string }[] = [
  { slug: 'api-management', name: 'API management' },
  { slug: 'content-management-system', name: 'Content management system' },
  { slug: 'data-science', name: 'Data science' },
  { slug: 'databases-and-storage', name: 'Databases and storage' },
  { slug: 'developer-tools', name: 'Developer tools' },
  { slug: 'gaming', name: 'Gaming' },
  { slug: 'integration-and-delivery', name: 'Integration and delivery' },
  { slug: 'internet-of-things', name: 'Internet of things' },
  { slug: 'languages-and-frameworks', name: 'Languages and frameworks' },
  { slug: 'machine-learning-and-ai', name: 'Machine learning and AI' },
  { slug: 'message-queues', name: 'Message queues' },
  { slug: 'monitoring-and-observability', name: 'Monitoring and observability' },
  { slug: 'networking', name: 'Networking' },
  { slug: 'operating-systems', name: 'Operating systems' },
  { slug: 'security', name: 'Security' },
  { slug: 'web-analytics', name: 'Web analytics' },
  { slug: 'web-servers', name: 'Web servers' },
]

const categoriesMax = 3

/** Throws `invalid-argument` for one that there is not, and for more than a repository may have. */
export function parseCategories(slugs: readonly string[]): string[] {
  const categories = [...new Set(slugs)]
  const unknown = categories.find((slug) => !isCategory(slug))
  if (unknown !== undefined)
    throw new CodedError('invalid-argument', `Cannot use these categories: there is no ${quote(unknown)}`)
  if (categories.length > categoriesMax)
    throw new CodedError('invalid-argument', `Cannot use these categories: more than ${categoriesMax}`)
  return categories
}

export const isCategory = (slug: string): boolean =>
  repositoryCategories.some((category) => category.slug === slug)
