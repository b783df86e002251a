import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ContainerCreateRequest } from '@berth/api'
import { assertSameComplaint } from '../../testsuite/assert-same-complaint.ts'
import { startFakeEngine, type SeenRequest } from '../../testsuite/fake-engine.ts'
import { runBerth } from '../../testsuite/run-berth.ts'
import { runDocker, withoutStockDocker } from '../../testsuite/stock-docker.ts'

const id = 'c'.repeat(64)

const failures: Record<string, string> = {
  'no-program': 'OCI runtime create failed: exec: "nope": executable file not found in $PATH: unknown',
  'no-permission': 'OCI runtime create failed: exec: "/x": permission denied: unknown',
  'no-port':
    'driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:80 failed: port is already allocated',
}

/** The first time that each is asked for. */
const refusals: Record<string, string> = {
  missing: 'No such image: missing:latest',
  elsewhere:
    'image with reference elsewhere:latest was found but does not provide the specified platform (linux/arm64)',
}

function imageOf({ body }: SeenRequest): string {
  return (body as ContainerCreateRequest).Image ?? ''
}

const isCreate = ({ url }: SeenRequest) => url.startsWith('/containers/create')

const replies = {
  'POST /containers/create': (request: SeenRequest, all: readonly SeenRequest[]) => {
    const isFirst = all.filter(isCreate).length === 1
    const refusal = refusals[imageOf(request).split(':')[0] ?? '']
    return refusal !== undefined && isFirst ? new Error(refusal) : { Id: id, Warnings: [] }
  },
  'POST /images/create':
    '{"status":"Pulling from library/missing","id":"latest"}\r\n{"status":"Status: Downloaded newer image for missing:latest"}\r\n',
  [`POST /containers/${id}/wait`]: { StatusCode: 0 },
  [`POST /containers/${id}/start`]: (_request: SeenRequest, all: readonly SeenRequest[]) => {
    const failure = failures[imageOf(all.find(isCreate) as SeenRequest)]
    return failure === undefined ? 204 : new Error(failure)
  },
}

const lines = [
  'run -d here',
  'run -d missing',
  'run -d -q missing:1.2',
  'run -d --pull always here',
  'run -d --pull never missing',
  'create --platform linux/arm64 missing',
  'run -d no-program',
  'run -d no-permission',
  'run -d no-port',
  'run -d UPPER',
  'run --nope here',
  'run -it here',
  'run -d -a stdout here',
  'run -d --platform linux/arm64 missing',
  'run -d --platform linux/arm64 elsewhere',
]

describe('run goes the way of the stock client', { skip: withoutStockDocker, concurrency: 2 }, () => {
  for (const line of lines) {
    test(line, async () => {
      const ours = await follow(line, runBerth)
      const theirs = await follow(line, runDocker)
      assert.equal(ours.outcome.stdout, theirs.outcome.stdout)
      assert.equal(ours.outcome.status, theirs.outcome.status)
      assertSameComplaint(ours.outcome.stderr, theirs.outcome.stderr)
      assert.deepEqual(ours.calls, theirs.calls)
    })
  }
})

async function follow(line: string, client: (words: readonly string[]) => ReturnType<typeof runDocker>) {
  await using engine = await startFakeEngine(replies)
  const outcome = await client(['-H', engine.host, ...line.split(' ')])
  // The stock client also waits for what it leaves in the background; that is its own affair.
  const calls = engine.requests
    .map(({ method, url }) => `${method} ${url}`)
    .filter((call) => !call.includes('/wait'))
  return { outcome, calls: calls.map(withSortedQuery) }
}

function withSortedQuery(call: string): string {
  const [path = '', query = ''] = call.split('?')
  return `${path}?${query
    .split('&')
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('&')}`
}
