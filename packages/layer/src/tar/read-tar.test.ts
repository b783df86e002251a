import { isCoded } from '@berth/stdx'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packTar } from './pack-tar.ts'
import { readTar } from './read-tar.ts'

const members = [
  { name: 'a', body: 'A'.repeat(1000) },
  { name: 'd', type: 'directory' as const },
  { name: 'b', body: 'B'.repeat(700) },
]

async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

const archive = async (): Promise<Buffer> => Buffer.concat(await Array.fromAsync(packTar(members)))

test('readTar() gives members with their bodies', async () => {
  const bytes = await archive()
  for (const pieceBytes of [100, 512, 10_000]) {
    const seen: string[] = []
    for await (const { entry, body } of readTar(inPieces(bytes, pieceBytes))) {
      const text = Buffer.concat(await Array.fromAsync(body)).toString()
      seen.push(`${entry.name}${text.length}${text.slice(0, 1)}`)
    }
    assert.deepEqual(seen, ['a1000A', 'd0', 'b700B'])
  }
})

test('readTar() passes over bodies that are not read, or read in part', async () => {
  const bytes = await archive()
  const names = (await Array.fromAsync(readTar(inPieces(bytes, 100)))).map(({ entry }) => entry.name)
  assert.deepEqual(names, ['a', 'd', 'b'])
  const partly: string[] = []
  for await (const { entry, body } of readTar(inPieces(bytes, 100))) {
    partly.push(entry.name)
    for await (const piece of body) if (piece.length > 0) break
  }
  assert.deepEqual(partly, names)
})

test('readTar() says data-loss when the archive is cut off', async () => {
  const bytes = (await archive()).subarray(0, 900)
  await assert.rejects(Array.fromAsync(readTar(inPieces(bytes, 100))), (error) => isCoded(error, 'data-loss'))
})
