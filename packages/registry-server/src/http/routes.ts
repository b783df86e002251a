import { deleteBlob, getBlob } from './blob-handlers.ts'
import type { Route } from './exchange.ts'
import { getVersion, listReferrers, listRepositories, listTags } from './list-handlers.ts'
import { deleteManifest, getManifest, putManifest } from './manifest-handlers.ts'
import { appendUpload, beginUpload, cancelUpload, finishUpload, getUpload } from './upload-handlers.ts'

/** The whole interface: OCI distribution specification, "Endpoints". */
export const routes: readonly Route[] = [
  { methods: ['GET', 'HEAD'], path: '/v2', action: 'base', handler: getVersion },
  { methods: ['GET', 'HEAD'], path: '/v2/_catalog', action: 'catalog', handler: listRepositories },
  { methods: ['GET', 'HEAD'], path: '/v2/:name/blobs/:digest', action: 'pull', handler: getBlob },
  { methods: ['DELETE'], path: '/v2/:name/blobs/:digest', action: 'delete', handler: deleteBlob },
  { methods: ['POST'], path: '/v2/:name/blobs/uploads', action: 'push', handler: beginUpload },
  { methods: ['GET', 'HEAD'], path: '/v2/:name/blobs/uploads/:id', action: 'push', handler: getUpload },
  { methods: ['PATCH'], path: '/v2/:name/blobs/uploads/:id', action: 'push', handler: appendUpload },
  { methods: ['PUT'], path: '/v2/:name/blobs/uploads/:id', action: 'push', handler: finishUpload },
  { methods: ['DELETE'], path: '/v2/:name/blobs/uploads/:id', action: 'push', handler: cancelUpload },
  { methods: ['GET', 'HEAD'], path: '/v2/:name/manifests/:reference', action: 'pull', handler: getManifest },
  { methods: ['PUT'], path: '/v2/:name/manifests/:reference', action: 'push', handler: putManifest },
  { methods: ['DELETE'], path: '/v2/:name/manifests/:reference', action: 'delete', handler: deleteManifest },
  { methods: ['GET', 'HEAD'], path: '/v2/:name/tags/list', action: 'pull', handler: listTags },
  { methods: ['GET', 'HEAD'], path: '/v2/:name/referrers/:digest', action: 'pull', handler: listReferrers },
]
