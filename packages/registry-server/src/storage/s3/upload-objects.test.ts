import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chain } from './upload-objects.ts'

const part = (offset: number, sizeBytes: number, fence: number) => ({
  key: `part-${offset}-${fence}`,
  offset,
  sizeBytes,
  fence,
})

test('chain() takes the newest writer of each offset, as far as there are no gaps', () => {
  const parts = [part(0, 8, 1), part(8, 3, 1), part(8, 8, 2), part(16, 2, 3), part(30, 5, 3)]
  assert.deepEqual(chain(parts.toReversed()), [part(0, 8, 1), part(8, 8, 2), part(16, 2, 3)])
  assert.deepEqual(chain([part(8, 8, 1)]), [])
})

test('chain() leaves out what a writer wrote after another had come', () => {
  const taken = [part(0, 8, 1), part(8, 4, 2)]
  assert.deepEqual(chain([...taken, part(8, 8, 1), part(16, 8, 1), part(12, 8, 1)]), taken)
})
