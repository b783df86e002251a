import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { digestOf } from '@berth/oci'
import { eventually } from '@berth/stdx/testsuite'
import { RegistryRequests, withDigest } from '../../conformance/registry/registry-requests.ts'
import { kill, startProgramWith } from './hub-program.ts'

const repository = 'killed/puts'
const halfBytes = 150_000
/** In an object store the lock of who died is over after ten seconds. */
const lockMs = 15_000

/** How clients end an upload: what PATCH brought before, and what the last PUT says of its bytes. */
export const endings = {
  'PUT of everything': { isPatched: false, hasRange: false, putFrom: 0 },
  'PATCH of everything, PUT of nothing': { isPatched: true, hasRange: false, putFrom: 2 * halfBytes },
  'PATCH of a half, PUT of the other': { isPatched: true, hasRange: false, putFrom: halfBytes },
  'PATCH of a half, PUT of the other with its range': { isPatched: true, hasRange: true, putFrom: halfBytes },
} as const

/**
 * Pushes a blob to a hub that is killed between the bytes' commit and their row; then its successor is sent the same PUT,
 * which is to succeed, while an upload that has not the bytes gets nothing from them.
 */
export async function retryPut(
  stack: AsyncDisposableStack,
  { ending, ...program }: { ending: keyof typeof endings } & Parameters<typeof startProgramWith>[1],
): Promise<void> {
  const { isPatched, hasRange, putFrom } = endings[ending]
  const bytes = randomBytes(2 * halfBytes)
  const digest = digestOf(bytes)
  const more = ['--access', 'open', '--workers', '1', ...program.more]
  const doomed = await startProgramWith(stack, {
    ...program,
    more,
    environment: { ...program.environment, BERTH_FAILPOINTS: 'storage.upload-committed=1*kill' },
  })
  const before = new RegistryRequests(doomed.url)
  const upload = await before.beginUpload(repository)
  if (isPatched) await before.send('PATCH', upload, { body: bytes.subarray(0, putFrom), status: 202 })
  const put = {
    body: bytes.subarray(putFrom),
    headers: hasRange ? { 'Content-Range': `${putFrom}-${bytes.length - 1}` } : {},
    status: 201,
  }
  await assert.rejects(before.send('PUT', withDigest(upload, digest), put), TypeError)
  await kill(doomed.child)

  const { child, url } = await startProgramWith(stack, { ...program, more })
  const requests = new RegistryRequests(url)
  await requests.send('GET', `/v2/${repository}/blobs/${digest}`, { status: 404 })
  const other = await requests.beginUpload('killed/others')
  await requests.send('PUT', withDigest(other, digest), { status: 400 })
  await eventually(async () => void (await requests.send('PUT', withDigest(upload, digest), put)), lockMs)
  await requests.send('PUT', withDigest(upload, digest), put)
  const blob = await requests.send('GET', `/v2/${repository}/blobs/${digest}`, { status: 200 })
  assert.ok(Buffer.from(await blob.arrayBuffer()).equals(bytes))
  await requests.send('GET', upload, { status: 404 })
  await kill(child)
}
