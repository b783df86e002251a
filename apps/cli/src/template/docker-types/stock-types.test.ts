import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { assertSameComplaint } from '../../testsuite/assert-same-complaint.ts'
import { info } from '../../testsuite/engine-samples.ts'
import { startFakeEngine, type FakeEngine } from '../../testsuite/fake-engine.ts'
import { runBerth } from '../../testsuite/run-berth.ts'
import { runDocker, withoutStockDocker } from '../../testsuite/stock-docker.ts'

const descriptor = {
  mediaType: 'application/vnd.oci.image.index.v1+json',
  digest: `sha256:${'0'.repeat(64)}`,
  size: 1234,
  annotations: { a: 'b' },
  platform: { architecture: 'arm64', os: 'linux', variant: 'v8' },
}

const image = {
  Id: `sha256:${'1'.repeat(64)}`,
  RepoTags: ['alpine:latest'],
  RepoDigests: [],
  Parent: '',
  Comment: 'imported',
  Created: '2026-01-02T03:04:05.5Z',
  DockerVersion: '',
  Author: 'me <me@example.com>',
  Config: {
    User: 'nobody',
    ExposedPorts: { '80/tcp': {} },
    Env: ['A=b'],
    Entrypoint: null,
    Cmd: ['sh', '-c', 'a b'],
    Volumes: { '/data': {} },
    WorkingDir: '/',
    Labels: { x: 'y' },
    StopSignal: 'SIGINT',
    Healthcheck: { Test: ['CMD', 'true'], Interval: 90_500_000_000, Timeout: 1_500_000, Retries: 3 },
    OnBuild: ['RUN x'],
    Shell: ['/bin/sh'],
  },
  Architecture: 'amd64',
  Os: 'linux',
  Size: 8_000_000_000,
  GraphDriver: { Name: 'overlay', Data: { UpperDir: '/x' } },
  RootFS: { Type: 'layers', Layers: ['sha256:a', 'sha256:b'] },
  Metadata: { LastTagTime: '2026-01-02T03:04:05.123456789+02:00' },
  Descriptor: descriptor,
  Manifests: [
    {
      ID: 'sha256:m',
      Descriptor: descriptor,
      Available: true,
      Size: { Total: 3, Content: 2 },
      Kind: 'image',
      ImageData: { Platform: descriptor.platform, Containers: ['c'], Size: { Unpacked: 9 } },
    },
  ],
}

const network = {
  Name: 'app',
  Id: 'e'.repeat(64),
  Created: '2026-01-02T03:04:05.678901Z',
  Scope: 'local',
  Driver: 'bridge',
  EnableIPv4: true,
  EnableIPv6: false,
  IPAM: {
    Driver: 'default',
    Options: null,
    Config: [{ Subnet: '10.1.0.0/16', Gateway: '10.1.0.1', AuxiliaryAddresses: { router: '10.1.0.9' } }],
  },
  Internal: false,
  Attachable: true,
  Ingress: false,
  ConfigFrom: { Network: '' },
  ConfigOnly: false,
  Containers: {
    c1: { Name: 'web', EndpointID: 'e1', MacAddress: 'm', IPv4Address: '10.1.0.2/16', IPv6Address: '' },
  },
  Options: { 'com.docker.network.bridge.name': 'br0' },
  Labels: {},
}

const volume = {
  Name: 'data',
  Driver: 'local',
  Mountpoint: '/x',
  CreatedAt: '2026-01-02T03:04:05Z',
  Labels: null,
  Scope: 'local',
  Options: { a: 'b' },
  Status: { n: 1 },
  UsageData: { Size: 5, RefCount: 1 },
}

const replies = {
  'GET /images/alpine/json': image,
  'GET /images/bare/json': {},
  'GET /networks/app': network,
  'GET /networks/bare': {},
  'GET /volumes/data': volume,
  'GET /volumes/bare': {},
  'GET /info': info,
}

const cases: readonly (readonly [string, ...string[]])[] = [
  [
    'image inspect alpine',
    '{{.ID}}|{{.Id}}',
    '{{.Config.Env}}{{.Config.Cmd}}{{.Config}}',
    '{{json .Config}}',
    '{{.}}',
  ],
  [
    'image inspect alpine',
    '{{.Config.Healthcheck.Interval}} {{.Config.Healthcheck.Timeout}}',
    '{{.Metadata.LastTagTime}}',
    '{{json .}}',
  ],
  [
    'image inspect alpine',
    '{{.Descriptor.Digest}} {{.Descriptor.digest}}',
    '{{json .Descriptor}}',
    '{{.Nope}}',
    '{{.Config.Nope}}',
  ],
  [
    'image inspect alpine',
    '{{printf "%#v" .RootFS}}',
    '{{range .Manifests}}{{.}}{{end}}',
    '{{len .RootFS.Layers}}',
    '{{range $k, $v := .Config.ExposedPorts}}{{$k}}{{end}}',
  ],
  [
    'image inspect bare',
    '{{.}}',
    '{{json .}}',
    '{{.Config.Cmd}}',
    '{{.Metadata.LastTagTime}}',
    '{{.RepoTags}}',
  ],
  [
    'network inspect app',
    '{{.}}',
    '{{json .}}',
    '{{.ID}} {{.Id}}',
    '{{.Created}}',
    '{{json .Created}}',
    '{{printf "%T" .Created}}',
  ],
  [
    'network inspect app',
    '{{(index .IPAM.Config 0).AuxAddress}}',
    '{{range .Containers}}{{.Name}}{{end}}',
    '{{.Nope}}',
  ],
  ['network inspect bare', '{{.}}', '{{json .}}', '{{.Created}}'],
  ['volume inspect data', '{{.}}', '{{json .}}', '{{.Name}} {{.UsageData.RefCount}} {{.Status}}'],
  ['volume inspect bare', '{{.}}', '{{json .}}', '{{.UsageData}}'],
  ['inspect alpine', '{{.ID}}'],
  ['inspect --type network app', '{{.ID}}'],
  ['inspect --type volume data', '{{.Name}}'],
  [
    'info',
    '{{.ID}} {{.NCPU}} {{.DriverStatus}}',
    '{{json .Plugins}}',
    '{{.RegistryConfig.Mirrors}}',
    '{{.Swarm}}',
    '{{.HTTPProxy}}',
  ],
  [
    'info',
    '{{json .Runtimes}}',
    '{{range $name, $r := .Runtimes}}{{$name}}={{$r.Path}}{{end}}',
    '{{.CPUCfsQuota}}',
  ],
  [
    'info',
    '{{.SecurityOptions}}',
    '{{.ClientInfo.Context}}',
    '{{range .DefaultAddressPools}}{{.}}{{end}}',
    '{{.ID',
  ],
]

describe('templates know the types of the stock client', { skip: withoutStockDocker, concurrency: 4 }, () => {
  let engine: FakeEngine
  before(async () => void (engine = await startFakeEngine(replies)))
  after(() => engine[Symbol.asyncDispose]())

  for (const [line, ...templates] of cases) {
    for (const template of templates) {
      test(`${line} -f ${template}`, async () => {
        const words = ['-H', engine.host, ...line.split(' '), '-f', template]
        const [ours, theirs] = await Promise.all([runBerth(words), runDocker(words)])
        // A failure leaves a line end behind there.
        if (theirs.status === 0) assert.equal(withoutAddresses(ours.stdout), withoutAddresses(theirs.stdout))
        assert.equal(ours.status, theirs.status)
        assertSameComplaint(ours.stderr, theirs.stderr)
      })
    }
  }
})

/** Where something lies in memory differs from run to run. */
function withoutAddresses(text: string): string {
  return text.replaceAll(/0xc[\da-f]+/g, '0x')
}
