import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assertSameComplaint } from './assert-same-complaint.ts'
import { startFakeEngine, type FakeReplies, type SeenRequest } from './fake-engine.ts'
import { runBerth, type Outcome } from './run-berth.ts'
import { runDocker } from './stock-docker.ts'

export interface ComparedLine {
  words: readonly string[]
  stdin?: string
  /** Done with the configuration folder before each client runs. */
  prepare?: (folder: string) => Promise<void>
  /** What is left in it, for comparison. */
  inspect?: (folder: string) => Promise<unknown>
}

interface Observed {
  outcome: Outcome
  requests: unknown[]
  left: unknown
}

/** Runs one line with both clients, each on an engine and a configuration of its own, and holds all of it against each other. */
export async function compareWithStock(line: ComparedLine, replies: FakeReplies): Promise<void> {
  const [ours, theirs] = await Promise.all([
    observe(line, replies, (words, env, stdin) => runBerth(words, { env, stdin, folder: process.cwd() })),
    observe(line, replies, runDocker),
  ])
  assert.equal(ours.outcome.stdout, theirs.outcome.stdout)
  assertSameComplaint(ours.outcome.stderr, theirs.outcome.stderr)
  assert.equal(ours.outcome.status, theirs.outcome.status)
  assert.deepEqual(ours.requests, theirs.requests)
  assert.deepEqual(ours.left, theirs.left)
}

type Run = (words: readonly string[], env: Record<string, string>, stdin: string) => Promise<Outcome>

async function observe(line: ComparedLine, replies: FakeReplies, run: Run): Promise<Observed> {
  const { words, stdin = '', prepare, inspect } = line
  const folder = await mkdtemp(join(tmpdir(), 'berth-config-'))
  try {
    await prepare?.(folder)
    await using engine = await startFakeEngine(replies)
    const outcome = await run(
      ['-H', engine.host, ...words],
      {
        DOCKER_CONFIG: folder,
        HOME: folder,
        // Programs that a test puts there come first.
        PATH: `${folder}:${process.env['PATH']}`,
      },
      stdin,
    )
    const hide = (text: string) => text.replaceAll(folder, 'CONFIG').replaceAll(engine.host, 'HOST')
    return {
      outcome: { ...outcome, stdout: hide(outcome.stdout), stderr: hide(outcome.stderr) },
      requests: engine.requests.map(seen),
      left: await inspect?.(folder),
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** What was asked for, whatever the order of queries and of JSON in them, without what is empty. */
function seen({ method, url, ...rest }: SeenRequest) {
  const [path = '', query = ''] = url.split('?')
  const pairs = [...new URLSearchParams(query)].filter(([, value]) => value !== '')
  return { method, path, query: pairs.sort(byName).map(([name, value]) => [name, parsed(value)]), ...rest }
}

function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : Number(a > b)
}

function parsed(value: string): unknown {
  return value.startsWith('{') ? (JSON.parse(value) as unknown) : value
}
