import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTable } from './table.ts'

test('formatTable() lines up cells of wide and combined characters as a terminal shows them', async () => {
  const text = await formatTable([
    ['NAME', 'X'],
    ['größe', 'x'],
    ['コンテナ', 'x'],
    ['e\u0301tude', 'x'],
  ])
  assert.deepEqual(text.split('\n'), [
    'NAME       X',
    'größe      x',
    'コンテナ   x',
    'e\u0301tude      x',
    '',
  ])
})

test('formatTable() holds more lines than a call has arguments', async () => {
  const lines = Array.from({ length: 200_000 }, (_, i) => [String(i), 'x'])
  assert.equal((await formatTable(lines)).split('\n').length, lines.length + 1)
})
