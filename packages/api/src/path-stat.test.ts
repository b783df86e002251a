import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goFileMode, goFileType } from './go-file-mode.ts'
import { formatPathStat, parsePathStat } from './path-stat.ts'

test('goFileMode() is what Go makes of a mode', () => {
  // As docker.io 20.10 told them of such files.
  const modes: [unix: number, go: number, type: string][] = [
    [0o100644, 420, 'file'],
    [0o040755, 2147484141, 'directory'],
    [0o120777, 134218239, 'symlink'],
    [0o041777, 2148532735, 'directory'],
    [0o104755, 8389101, 'file'],
    [0o020666, 69206454, 'device'],
    [0o060660, 67109296, 'device'],
    [0o010644, 33554852, 'other'],
    [0o142755, 20972013, 'other'],
  ]
  for (const [unix, go, type] of modes) {
    assert.equal(goFileMode(unix), go, unix.toString(8))
    assert.equal(goFileType(go), type)
  }
})

test('parsePathStat() reads what formatPathStat() writes, and refuses what is none', () => {
  const stat = { name: 'ü', size: 3, mode: 420, mtime: '2026-01-02T03:04:05Z', linkTarget: '' }
  assert.deepEqual(parsePathStat(formatPathStat(stat)), stat)
  for (const bad of ['', '%%%', Buffer.from('null').toString('base64'), Buffer.from('{}').toString('base64')])
    assert.throws(() => parsePathStat(bad), { code: 'internal' })
})
