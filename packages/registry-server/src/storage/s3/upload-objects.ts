import { CodedError } from '@berth/stdx'
import type { S3Bucket } from './s3-bucket.ts'
import type { S3Object } from './s3-xml.ts'

/** A writer that has not said for so long that it is there is not. */
export const lockMs = 10_000

/** One part of an upload: an object of its own until the upload ends. */
export interface UploadPart {
  key: string
  offset: number
  sizeBytes: number
  /** Of the writer that wrote it: each has a higher one than those before it. */
  fence: number
}

/** What the objects of an upload say. All of an upload's state is in their names and sizes. */
export interface UploadState {
  /** In order, without gaps. */
  parts: UploadPart[]
  sizeBytes: number
  /** Highest fence that any writer has taken. */
  lastFence: number
  /** Names of locks by whether their writers live. */
  live: string[]
  expired: string[]
}

const uploadPrefix = 'uploads/'

/** Where an upload's objects are. */
export function uploadDirectory(key: string): string {
  if (!/^[\w-][\w.-]*$/.test(key)) throw new CodedError('internal', 'Cannot use upload key: not a name')
  return `${uploadPrefix}${key}/`
}

/** An upload without this is none, whatever a writer that came too late left of it. */
export function markerKey(key: string): string {
  return `${uploadDirectory(key)}begun`
}

export function lockKey(key: string, fence: number, holder: string): string {
  return `${uploadDirectory(key)}lock-${fence}-${holder}`
}

export function partKey(key: string, offset: number, fence: number): string {
  return `${uploadDirectory(key)}part-${offset}-${fence}`
}

/** Throws `not-found`. */
export async function readUpload(bucket: S3Bucket, key: string): Promise<UploadState> {
  const state = await findUploadState(bucket, key)
  if (!state) throw new CodedError('not-found', 'Cannot open upload: not found')
  return state
}

export async function findUploadState(bucket: S3Bucket, key: string): Promise<UploadState | undefined> {
  const objects: S3Object[] = []
  let now = 0
  for await (const page of bucket.listPages(uploadDirectory(key))) {
    objects.push(...page.objects)
    now = page.now
  }
  if (!objects.some((object) => object.key === markerKey(key))) return undefined
  return parseUpload(objects, now)
}

export interface ListedUpload {
  key: string
  modifiedAt: number
}

/** Every upload that has objects, with the time of the newest. */
export async function* listUploads(bucket: S3Bucket): AsyncGenerator<ListedUpload> {
  let current: ListedUpload | undefined
  for await (const object of bucket.list(uploadPrefix)) {
    const key = object.key.slice(uploadPrefix.length).split('/', 1)[0] ?? ''
    if (current?.key === key) current.modifiedAt = Math.max(current.modifiedAt, object.modifiedAt)
    else {
      if (current) yield current
      current = { key, modifiedAt: object.modifiedAt }
    }
  }
  if (current) yield current
}

function parseUpload(objects: readonly S3Object[], now: number): UploadState {
  const written = objects.map(parsePart).filter((part) => part !== undefined)
  const locks = objects.map((object) => parseLock(object, now)).filter((lock) => lock !== undefined)
  const parts = chain(written)
  const last = parts.at(-1)
  return {
    parts,
    sizeBytes: last ? last.offset + last.sizeBytes : 0,
    lastFence: Math.max(0, ...[...written, ...locks].map(({ fence }) => fence)),
    live: locks.filter(({ isLive }) => isLive).map(({ key }) => key),
    expired: locks.filter(({ isLive }) => !isLive).map(({ key }) => key),
  }
}

/**
 * The parts that count: each begins where the one before ends, and none was written by an earlier writer than the one
 * before it. What a writer that had lost its lock still wrote is left out.
 */
export function chain(written: readonly UploadPart[]): UploadPart[] {
  const parts: UploadPart[] = []
  const newestFirst = written.toSorted((a, b) => a.offset - b.offset || b.fence - a.fence)
  let [offset, fence] = [0, 0]
  for (const part of newestFirst) {
    if (part.offset !== offset || part.fence < fence || part.sizeBytes === 0) continue
    parts.push(part)
    offset += part.sizeBytes
    fence = part.fence
  }
  return parts
}

function parsePart({ key, sizeBytes }: S3Object): UploadPart | undefined {
  const match = /\/part-(\d{1,15})-(\d{1,9})$/.exec(key)
  return match ? { key, sizeBytes, offset: Number(match[1]), fence: Number(match[2]) } : undefined
}

function parseLock({ key, modifiedAt }: S3Object, now: number) {
  const match = /\/lock-(\d{1,9})-/.exec(key)
  return match ? { key, fence: Number(match[1]), isLive: now - modifiedAt < lockMs } : undefined
}
