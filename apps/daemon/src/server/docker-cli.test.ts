import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { apiVersion, apiVersionMin } from '@berth/api'
import { CodedError, silentLogger } from '@berth/stdx'
import { hijack, jsonStream } from './reply.ts'
import { route, type Route } from './route.ts'
import { createServer } from './server.ts'

const run = promisify(execFile)
const skip = spawnSync('docker', ['--version']).status === 0 ? false : 'docker is not on PATH'
const directory = mkdtempSync(join(tmpdir(), 'berthd-docker-'))
const path = join(directory, 'berth.sock')
const environment = {
  ...process.env,
  DOCKER_HOST: `unix://${path}`,
  DOCKER_CONFIG: directory,
  DOCKER_CLI_HINTS: 'false',
}
const docker = (...argv: string[]) => run('docker', argv, { env: environment })

async function* progress(name: string | null): AsyncGenerator {
  if (name?.endsWith('missing'))
    throw new CodedError('not-found', 'manifest for missing:latest not found: manifest unknown')
  yield { status: 'Pulling from library/toy', id: 'latest' }
  yield { status: 'Digest: sha256:abc' }
  if (name?.endsWith('broken')) throw new CodedError('data-loss', 'the layer is broken')
  yield { status: 'Status: Downloaded newer image for toy:latest' }
}

const routes: Route[] = [
  route('GET', '/version', () => ({
    Platform: { Name: 'Toy' },
    Version: '0.1.0',
    ApiVersion: apiVersion,
    MinAPIVersion: apiVersionMin,
    Os: 'linux',
    Arch: 'amd64',
    Components: [
      { Name: 'Engine', Version: '0.1.0', Details: { ApiVersion: apiVersion, Os: 'linux', Arch: 'amd64' } },
    ],
  })),
  route('POST', '/images/create', ({ query }) => jsonStream(progress(query.get('fromImage')))),
  route('GET', '/containers/{id}/json', ({ params }) => ({
    Id: params.id,
    Name: `/${params.id}`,
    State: { Status: 'running', Running: true, Paused: false, Restarting: false },
    Config: { Tty: false, OpenStdin: true, AttachStdin: true },
    HostConfig: {},
  })),
  route('POST', '/containers/{id}/attach', () =>
    hijack(
      async ({ input, write }) => {
        let size = 0
        for await (const chunk of input) size += chunk.length
        const text = Buffer.from(`read ${size}\n`)
        await write(Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, text.length]), text]))
      },
      { contentType: 'application/vnd.docker.multiplexed-stream' },
    ),
  ),
  route('POST', '/containers/{id}/wait', () => ({ StatusCode: 0 })),
]

const server = createServer({ routes, logger: silentLogger, version: '0.1.0' })
before(() => server.listen([{ kind: 'unix', path }], { group: { name: 'root', isRequired: true } }))
after(async () => {
  await server.close({ graceMs: 0 })
  rmSync(directory, { recursive: true })
})

test('the docker CLI agrees on a version', { skip }, async () => {
  const { stdout } = await docker('version', '--format', '{{.Server.Version}} {{.Client.APIVersion}}')
  const [version, negotiated] = stdout.trim().split(' ')
  assert.equal(version, '0.1.0')
  assert.ok(Number(negotiated?.split('.')[1]) <= Number(apiVersion.split('.')[1]))
})

test('the docker CLI shows progress, and errors before and in it', { skip }, async () => {
  const { stdout } = await docker('pull', 'toy')
  assert.match(
    stdout,
    /latest: Pulling from library\/toy\nDigest: sha256:abc\nStatus: Downloaded newer image for toy:latest\n/,
  )
  await assert.rejects(docker('pull', 'missing'), {
    stderr: 'Error response from daemon: manifest for missing:latest not found: manifest unknown\n',
  })
  await assert.rejects(docker('pull', 'broken'), { stderr: 'the layer is broken\n' })
})

test('the docker CLI attaches, closes its input and still gets the output', { skip }, async () => {
  const child = spawn('docker', ['attach', 'toy'], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end('x'.repeat(500_000))
  const output = Buffer.concat(await Array.fromAsync(child.stdout as AsyncIterable<Buffer>))
  const [code] = child.exitCode === null ? ((await once(child, 'exit')) as [number]) : [child.exitCode]
  assert.deepEqual([output.toString(), code], ['read 500000\n', 0])
})

test('the docker CLI prints the message of an unknown operation', { skip }, async () => {
  await assert.rejects(docker('volume', 'ls'), { stderr: /Error response from daemon: page not found/ })
})
