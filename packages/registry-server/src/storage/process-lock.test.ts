import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { lockFile } from './process-lock.ts'

test('lockFile() lets one in, of many that find the lock of an ended process at the same time', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-lock-'))
  try {
    const { pid } = spawnSync('true')
    for (let round = 0; round < 20; round++) {
      const path = join(directory, `lock-${round}`)
      await symlink(`${pid} 1`, path)
      const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockFile(path)))
      assert.equal(attempts.filter(({ status }) => status === 'fulfilled').length, 1)
    }
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('lockFile() holds until it is let go, and what an ended process held is free', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-lock-'))
  try {
    const path = join(directory, 'lock')
    for (let round = 0; round < 2; round++) {
      await using _ = await lockFile(path)
      await assert.rejects(lockFile(path), { code: 'conflict' })
    }
    const { pid } = spawnSync('true')
    await symlink(`${pid} 1`, path)
    {
      await using _ = await lockFile(path)
      await assert.rejects(lockFile(path), { code: 'conflict' })
    }
    await symlink(`${process.pid} 1`, path)
    await using _ = await lockFile(path)
  } finally {
    await rm(directory, { recursive: true })
  }
})
