import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import Docker from 'dockerode'
import { engineSuite } from '../../fixtures/engine-suite.ts'

const suite = engineSuite({ isPulled: false })

const connect = () => new Docker({ socketPath: suite.engine.host.slice('unix://'.length) })

/** What a multiplexed stream carried, apart. */
async function demultiplex(
  docker: Docker,
  stream: NodeJS.ReadableStream,
): Promise<{ stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  docker.modem.demuxStream(stream, stdout, stderr)
  stream.on('end', () => {
    stdout.end()
    stderr.end()
  })
  const [out, err] = await Promise.all([text(stdout), text(stderr)])
  return { stdout: out, stderr: err }
}

test('dockerode pulls and lists images', async () => {
  const docker = connect()
  const progress = await docker.pull('busybox:latest')
  const messages = await new Promise<{ status?: string }[]>((resolve, reject) => {
    docker.modem.followProgress(progress, (error: Error | null, output: { status?: string }[]) =>
      error ? reject(error) : resolve(output),
    )
  })
  assert.match(messages.at(-1)?.status ?? '', /Status: Downloaded newer image for busybox:latest/)
  const images = await docker.listImages()
  assert.deepEqual(
    images.map((image) => image.RepoTags),
    [['busybox:latest']],
  )
})

test('dockerode runs a container from create to remove', async () => {
  const docker = connect()
  const container = await docker.createContainer({
    Image: 'busybox',
    Cmd: ['sh', '-c', 'echo out; echo err >&2; exit 4'],
  })
  const attached = await container.attach({ stream: true, stdout: true, stderr: true })
  const output = demultiplex(docker, attached)
  const ended = container.wait({ condition: 'next-exit' })
  await container.start()
  assert.equal(((await ended) as { StatusCode: number }).StatusCode, 4)
  assert.deepEqual(await output, { stdout: 'out\n', stderr: 'err\n' })
  assert.equal((await container.inspect()).State.ExitCode, 4)
  await container.remove()
  await assert.rejects(container.inspect(), { statusCode: 404 })
})

test('dockerode execs with input in a running container', async () => {
  const docker = connect()
  const container = await docker.createContainer({ Image: 'busybox', Cmd: ['sleep', '100'] })
  await container.start()
  const exec = await container.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true })
  const stream = await exec.start({ hijack: true, stdin: true })
  const output = demultiplex(docker, stream)
  stream.end('typed\n')
  assert.equal((await output).stdout, 'typed\n')
  assert.equal((await exec.inspect()).ExitCode, 0)
  await container.remove({ force: true })
})

test('dockerode sees events as they happen', async () => {
  const docker = connect()
  const events = await docker.getEvents({ filters: { type: ['container'] } })
  const seen = new Promise<string>((resolve) => {
    events.once('data', (chunk: Buffer) =>
      resolve((JSON.parse(chunk.toString()) as { Action: string }).Action),
    )
  })
  const container = await docker.createContainer({ Image: 'busybox' })
  assert.equal(await seen, 'create')
  ;(events as unknown as { destroy: () => void }).destroy()
  await container.remove()
})
