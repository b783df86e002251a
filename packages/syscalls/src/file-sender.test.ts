import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open, readlink } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import { linuxKernel } from './index.ts'

const directory = mkdtempSync(join(tmpdir(), 'berth-syscalls-'))
after(() => rmSync(directory, { recursive: true }))

const bytes = randomBytes(64 * 1024 * 1024)
const filePath = join(directory, 'file')
writeFileSync(filePath, bytes)

const descriptorOf = (socket: Socket) => (socket as unknown as { _handle: { fd: number } })._handle.fd

/** Both ends of a connection. */
async function openConnection(stack: AsyncDisposableStack): Promise<{ near: Socket; far: Socket }> {
  const server = createServer()
  const path = join(directory, `socket-${Math.random()}`)
  server.listen(path)
  stack.defer(() => void server.close())
  const far = connect(path)
  const [near] = (await once(server, 'connection')) as [Socket]
  stack.defer(() => void [near, far].map((socket) => socket.destroy()))
  return { near, far }
}

test('openFileSender() sends what the socket takes, and none when it is full or the file ends', async () => {
  await using stack = new AsyncDisposableStack()
  const { near, far } = await openConnection(stack)
  await using file = await open(filePath)
  using sender = linuxKernel.openFileSender(descriptorOf(near))
  assert.equal(await sender.send(file.fd, { start: bytes.length, lengthBytes: 10 }), 0)
  const start = 12_345
  let taken = 0
  for (let sent = 1; sent > 0; taken += sent)
    sent = await sender.send(file.fd, { start: start + taken, lengthBytes: 1_000_000 })
  assert.ok(taken > 0 && taken < bytes.length - start)
  const received: Buffer[] = []
  for await (const chunk of far) {
    received.push(chunk as Buffer)
    if (Buffer.concat(received).length === taken) break
  }
  assert.deepEqual(Buffer.concat(received), bytes.subarray(start, start + taken))
})

test('openFileSender() sends more at a time to a socket with a larger buffer', async () => {
  await using stack = new AsyncDisposableStack()
  await using file = await open(filePath)
  const sentBytes: number[] = []
  for (const options of [{}, { bufferBytes: 4 * 1024 * 1024 }]) {
    const { near } = await openConnection(stack)
    using sender = linuxKernel.openFileSender(descriptorOf(near), options)
    sentBytes.push(await sender.send(file.fd, { start: 0, lengthBytes: bytes.length }))
  }
  const [usual = 0, larger = 0] = sentBytes
  assert.ok(usual > 0 && larger >= 2 * usual, sentBytes.join())
})

test('openFileSender() has a descriptor of its own, which keeps meaning the socket', async () => {
  await using stack = new AsyncDisposableStack()
  const { near } = await openConnection(stack)
  await using file = await open(filePath)
  const number = descriptorOf(near)
  const name = await readlink(`/proc/self/fd/${number}`)
  using sender = linuxKernel.openFileSender(number)
  near.destroy()
  await once(near, 'close')
  await using other = await open(filePath, 'r+')
  assert.notEqual(await readlink(`/proc/self/fd/${other.fd}`), name)
  await sender.send(file.fd, { start: 1, lengthBytes: 1000 })
  assert.deepEqual(
    await other.read(Buffer.alloc(1000), 0, 1000, 0).then(({ buffer }) => buffer),
    bytes.subarray(0, 1000),
  )
})
