import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { CodedError, messageOf, openDatabase, systemCode } from '@berth/stdx'

/** What the rows are about: with something in it and no rows, the rows are lost. */
const contents = [
  'content/blobs/sha256',
  'content/blobs/sha512',
  'snapshots/layers/sha256',
  'snapshots/layers/sha512',
]
/** SQLite, "Result and Error Codes": SQLITE_CORRUPT, SQLITE_NOTADB. */
const brokenCodes: ReadonlySet<unknown> = new Set([11, 26])

/**
 * Opens what the engine knows of images and containers, `berth.db`. Throws `data-loss` for one that is broken, and for one
 * that is gone while what it knew of is there: in front of an empty one everything would be garbage.
 */
export function openStateDatabase(dataRoot: string): DatabaseSync {
  const path = join(dataRoot, 'berth.db')
  if (isEmpty(path) && isEmpty(`${path}-wal`) && contents.some((name) => hasEntries(join(dataRoot, name))))
    throw broken(path, 'it is empty, but there are images in the data root')
  try {
    const database = openDatabase(path)
    try {
      check(database, path)
    } catch (error) {
      database.close()
      throw error
    }
    return database
  } catch (error) {
    if (brokenCodes.has((error as { errcode?: unknown }).errcode)) throw broken(path, messageOf(error), error)
    throw error
  }
}

function check(database: DatabaseSync, path: string): void {
  const row = database.prepare('PRAGMA quick_check(1)').get()
  const finding = String(row?.['quick_check'])
  if (finding !== 'ok') throw broken(path, finding.replaceAll('\n', '; '))
}

function broken(path: string, state: string, cause?: unknown): CodedError {
  return new CodedError('data-loss', `Cannot open ${path}: ${state}`, {
    cause,
    hint: `Put a copy of it back, without the -wal and -shm beside it; or move the whole data root away and start anew.`,
  })
}

/** Also one that is not there. */
function isEmpty(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0
}

function hasEntries(directory: string): boolean {
  try {
    return readdirSync(directory).length > 0
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
