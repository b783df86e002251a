import type { CatalogContents } from '@berth/catalog'

/** Content of a registry that is opened later: the catalog guards the registry, and reads from it. */
export function lateContents(find: () => CatalogContents): CatalogContents {
  return {
    listRepositories: (...args) => find().listRepositories(...args),
    listTags: (...args) => find().listTags(...args),
    getManifest: (...args) => find().getManifest(...args),
    readBlob: (...args) => find().readBlob(...args),
    listReferrers: (...args) => find().listReferrers(...args),
    deleteManifest: (...args) => find().deleteManifest(...args),
    deleteRepository: (...args) => find().deleteRepository(...args),
  }
}
