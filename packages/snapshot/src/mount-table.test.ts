import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mountOption, parseMountTable, readMountTable } from './mount-table.ts'

const escape = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      /[ \t\n\\,=#]/.test(String.fromCharCode(byte))
        ? `\\${byte.toString(8).padStart(3, '0')}`
        : String.fromCharCode(byte),
    )
    .join('')

test('parseMountTable() reads a line with optional fields and several lowers', () => {
  const line =
    '45 27 0:40 / /tmp/x rw,relatime shared:1 master:2 - overlay overlay rw,lowerdir+=/a,lowerdir+=/b,upperdir=/u,workdir=/w'
  const [entry] = parseMountTable(`${line}\n`)
  assert.ok(entry)
  assert.deepEqual([entry.mountPoint, entry.type, entry.source], ['/tmp/x', 'overlay', 'overlay'])
  assert.equal(mountOption(entry, 'upperdir'), '/u')
  assert.equal(mountOption(entry, 'metacopy'), undefined)
})

test('parseMountTable() gives back every path that the kernel escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
      fc.pre(!name.includes('\0'))
      const path = `/${name}`
      const line = `1 2 0:1 / ${escape(path)} rw - overlay ${escape(path)} rw,upperdir=${escape(path)}`
      const [entry] = parseMountTable(line)
      assert.ok(entry)
      assert.deepEqual([entry.mountPoint, entry.source, mountOption(entry, 'upperdir')], [path, path, path])
    }),
  )
})

test('parseMountTable() passes over what is no mount', () => {
  fc.assert(
    fc.property(fc.string(), (text) => parseMountTable(text).every((entry) => entry.type !== undefined)),
  )
  assert.deepEqual(parseMountTable('\n\nx - y\n'), [])
})

test('readMountTable() knows the root', () => {
  assert.ok(readMountTable().some((entry) => entry.mountPoint === '/'))
})
