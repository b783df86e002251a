import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSameComplaint } from './testsuite/assert-same-complaint.ts'
import { containers, history, images, info, networks, version } from './testsuite/engine-samples.ts'
import { startFakeEngine, type FakeEngine, type SeenRequest } from './testsuite/fake-engine.ts'
import { runBerth } from './testsuite/run-berth.ts'
import { runDocker, withoutStockDocker } from './testsuite/stock-docker.ts'

const inspected = {
  Id: 'x',
  Name: '/web',
  Path: 'sh',
  Args: ['<a>', 'b&c'],
  State: { Status: 'running', Pid: 12 },
  Config: { Tty: false, Env: null, Labels: {} },
  NetworkSettings: {
    Ports: {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
      ],
      '9/udp': null,
    },
  },
}

const replies = {
  'GET /containers/tty/json': {
    ...inspected,
    State: { Running: true },
    Config: { Tty: true, OpenStdin: true },
  },
  'GET /containers/json': containers,
  'GET /containers/web/json': inspected,
  'GET /containers/web/top': {
    Titles: ['UID', 'PID', 'CMD'],
    Processes: [
      ['root', '1', 'nginx: a process with a long name'],
      ['www', '22', 'x'],
    ],
  },
  'GET /images/json': images,
  'GET /images/alpine/history': history,
  'GET /images/alpine/json': { Id: 'sha256:1', RepoTags: ['alpine:latest'], Config: { Cmd: ['sh'] } },
  'GET /images/web/json': new Error('No such image: web:latest'),
  'GET /networks': networks,
  'GET /networks/net2': networks[1],
  'GET /version': version,
  'GET /info': info,
  'POST /images/create': ({ url }: SeenRequest) =>
    url.includes('nosuch')
      ? new Error('pull access denied for nosuch')
      : pullProgress(url.includes('broken')),
  'DELETE /images/alpine': [{ Untagged: 'alpine:latest' }, { Deleted: 'sha256:1' }],
  'DELETE /containers/web': 204,
  'POST /containers/web/stop': 204,
}

function pullProgress(isBroken: boolean): string {
  const messages = [
    { status: 'Pulling from library/alpine', id: '3.20' },
    { status: 'Pulling fs layer', progressDetail: {}, id: 'aaaaaaaaaaaa' },
    {
      status: 'Downloading',
      progressDetail: { current: 5, total: 10 },
      progress: '[=>] 5B/10B',
      id: 'aaaaaaaaaaaa',
    },
    ...(isBroken ? [{ errorDetail: { message: 'the line was cut' }, error: 'the line was cut' }] : []),
    { status: 'Pull complete', progressDetail: {}, id: 'aaaaaaaaaaaa' },
    { status: 'Digest: sha256:0' },
    { status: 'Status: Downloaded newer image for alpine:3.20' },
  ]
  return messages.map((message) => `${JSON.stringify(message)}\r\n`).join('')
}

/** Whose output is the same to the byte. */
const same = [
  'ps',
  'ps -a --no-trunc',
  'ps -q',
  'ps -aqs --no-trunc',
  'ps -s',
  'ps --format {{.Names}}|{{.Ports}}|{{.Labels}}|{{.Mounts}}|{{.Networks}}|{{.LocalVolumes}}|{{.Size}}',
  'ps --format table\\t{{.ID}}\\t{{.Label "com.example.my-role"}}\\t{{upper\\x20.State}}',
  'ps --format {{.Nope}}',
  'ps --format {{.ID',
  'ps -f status=running -f label=a -n 3',
  'ps x',
  'images',
  'images --digests',
  'images --no-trunc',
  'images -q',
  'images --format json',
  'images --format {{json\\x20.}}',
  'images --format {{.Repository}}:{{.Tag}}\\t{{.Size}}\\t{{.VirtualSize}}\\t{{.Containers}}',
  'image ls -a',
  'history alpine',
  'history --no-trunc alpine',
  'history -q alpine',
  'history --human=false alpine',
  'history --format json alpine',
  'network ls',
  'network ls --no-trunc',
  'network ls -q',
  'network ls --format json',
  'network inspect net2',
  'inspect web',
  'inspect -f {{.ID}}|{{.Config.Env}}|{{.State.Running}}|{{.HostConfig}} web',
  'inspect web alpine',
  'inspect --type image alpine',
  'inspect -s web alpine',
  'inspect -s --type image alpine',
  'inspect -s net2',
  'inspect -f {{.State.Status}}/{{json\\x20.Args}} web',
  'image inspect alpine -f {{.Config.Cmd}}',
  'image inspect web',
  'pull alpine:3.20',
  'pull alpine',
  'pull -q alpine',
  'pull -a alpine',
  'pull -a alpine:3.20',
  'pull broken',
  'pull nosuch',
  'pull UPPER',
  'pull quay.io/a/b@sha256:'.concat('0'.repeat(64)),
  'rmi alpine',
  'image rmi alpine',
  'rm web',
  'stop web',
  'stop -t 3 web',
  'port web',
  'port web 80',
  'port web 81',
  'top web',
  'start nope nix',
  'rename web',
  'rename web nope',
  'rename web \\x20',
  'logs --since nope web',
  'logs --until 1x web',
  'exec -it web sh',
  'attach tty',
  'ps --format {{json\\x20.Names}}',
]

describe('berth says what the stock client says', { skip: withoutStockDocker, concurrency: 4 }, () => {
  let engine: FakeEngine
  before(async () => void (engine = await startFakeEngine(replies)))
  after(() => engine[Symbol.asyncDispose]())

  for (const line of same) {
    test(line, async () => {
      const words = ['-H', engine.host, ...line.split(' ').map((word) => word.replaceAll('\\x20', ' '))]
      const [ours, theirs] = await Promise.all([runBerth(words), runDocker(words)])
      assert.equal(ours.stdout, theirs.stdout)
      assert.equal(ours.status, theirs.status)
      assertSameComplaint(ours.stderr, theirs.stderr)
    })
  }

  for (const line of ['version', 'info']) {
    test(`${line} of the engine`, async () => {
      const words = ['-H', engine.host, line]
      const [ours, theirs] = await Promise.all([runBerth(words), runDocker(words)])
      const server = ({ stdout }: { stdout: string }) => stdout.slice(stdout.indexOf('Server:'))
      assert.equal(server(ours), server(theirs))
    })
  }
})
