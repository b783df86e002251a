import type { Failpoint } from '@berth/stdx'
import type { Storage, UploadWriter } from './storage.ts'

/** The steps of a storage after which a process may end, or that may fail: one for each of its calls. */
export const storageSteps = [
  'storage.blob-found',
  'storage.blob-opened',
  'storage.blob-written',
  'storage.blob-deleted',
  'storage.upload-created',
  'storage.upload-found',
  'storage.upload-locked',
  'storage.upload-written',
  'storage.upload-committed',
  'storage.upload-deleted',
] as const

/** For tests of crashes and of storages that fail. */
export type StorageFailpoint = Failpoint<(typeof storageSteps)[number]>

/** Passes a failpoint after each call. */
export function withFailpoints(storage: Storage, failpoint: StorageFailpoint): Storage {
  const after =
    <Args extends unknown[], Result>(
      step: (typeof storageSteps)[number],
      call: (...args: Args) => Promise<Result>,
    ) =>
    async (...args: Args): Promise<Result> => {
      const result = await call(...args)
      await failpoint(step)
      return result
    }
  return {
    findBlob: after('storage.blob-found', (digest) => storage.findBlob(digest)),
    // A stream that was opened in vain would stay open: whoever fails here has nothing to close.
    async openBlob(digest, range) {
      await failpoint('storage.blob-opened')
      return storage.openBlob(digest, range)
    },
    readBlob: after('storage.blob-opened', (digest) => storage.readBlob(digest)),
    writeBlob: after('storage.blob-written', (digest, bytes) => storage.writeBlob(digest, bytes)),
    deleteBlob: after('storage.blob-deleted', (digest) => storage.deleteBlob(digest)),
    quarantineBlob: (digest) => storage.quarantineBlob(digest),
    listBlobs: () => storage.listBlobs(),
    createUpload: after('storage.upload-created', (key) => storage.createUpload(key)),
    findUpload: after('storage.upload-found', (key) => storage.findUpload(key)),
    openUpload: (key, range) => storage.openUpload(key, range),
    async appendUpload(key) {
      await failpoint('storage.upload-locked')
      return withWriterFailpoints(await storage.appendUpload(key), failpoint)
    },
    deleteUpload: after('storage.upload-deleted', (key) => storage.deleteUpload(key)),
    listUploads: () => storage.listUploads(),
    ...optionalCalls(storage, failpoint),
  }
}

/** What not every storage can do. */
function optionalCalls(
  storage: Storage,
  failpoint: StorageFailpoint,
): Pick<Storage, 'openBlobFile' | 'purgeFragments' | 'presignBlob'> {
  const calls: ReturnType<typeof optionalCalls> = {}
  if (storage.openBlobFile) {
    const open = storage.openBlobFile.bind(storage)
    calls.openBlobFile = async (digest) => {
      await failpoint('storage.blob-opened')
      return open(digest)
    }
  }
  if (storage.purgeFragments) calls.purgeFragments = storage.purgeFragments.bind(storage)
  if (storage.presignBlob) calls.presignBlob = storage.presignBlob.bind(storage)
  return calls
}

function withWriterFailpoints(writer: UploadWriter, failpoint: StorageFailpoint): UploadWriter {
  return {
    get sizeBytes() {
      return writer.sizeBytes
    },
    async write(chunk) {
      await writer.write(chunk)
      await failpoint('storage.upload-written')
    },
    flush: () => writer.flush(),
    async commit(digest) {
      await writer.commit(digest)
      await failpoint('storage.upload-committed')
    },
    delete: () => writer.delete(),
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  }
}
