import { repositoryCategories } from '@berth/catalog'

/** As people read it; what is not known any more is shown as it was kept. */
export function categoryName(slug: string): string {
  return repositoryCategories.find((category) => category.slug === slug)?.name ?? slug
}
