import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { engineSuite } from '../fixtures/engine-suite.ts'
import { makeHostTarget, raceCopies } from '../security/copy-races.ts'

const suite = engineSuite({ bridge: 'none' })

test('CVE-2018-15664, CVE-2019-18466: ten thousand copies of a path whose links change lead to nothing of the host', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-races-'))
  try {
    await raceCopies(suite.engine, { target: makeHostTarget(directory), rounds: 10_000, container: 'race' })
    await suite.docker('rm', '-f', 'race')
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
