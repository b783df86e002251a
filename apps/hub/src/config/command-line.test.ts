import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { parseCommand } from './command-line.ts'
import type { GivenFlags } from './flags.ts'

const noMirrors = {
  upstreams: [],
  fallback: undefined,
  tagTtlMs: undefined,
  limitBytes: undefined,
  pins: [],
  credentialsFile: undefined,
}

const here = { database: undefined, bucket: undefined }

const hubDefaults = {
  isSignUpOpen: true,
  apiRequestsPerMinute: 600,
  pulls: { anonymous: undefined, account: undefined },
  webhookNetworks: [],
}

const accountsDefault = {
  kind: 'accounts',
  publicRepositories: [],
  tokenKeyFile: undefined,
  hub: hubDefaults,
}

test('parseCommand() reads serve and its defaults', () => {
  const defaults = {
    name: 'serve',
    listen: { host: '127.0.0.1', port: 5000 },
    dataDirectory: '/var/lib/berth-hub',
    stores: here,
    logLevel: 'info',
    mirrors: noMirrors,
    access: accountsDefault,
    publicUrl: undefined,
    trustedProxies: [],
    metrics: undefined,
    tls: undefined,
    workers: availableParallelism(),
    clientConnections: 1000,
    policiesFile: undefined,
  }
  assert.deepEqual(parseCommand(['serve']), defaults)
  const given = parseCommand(['serve', '--listen', '[::1]:0', '--data=/d', '--log-level', 'debug'])
  assert.deepEqual(given, {
    ...defaults,
    listen: { host: '::1', port: 0 },
    dataDirectory: '/d',
    logLevel: 'debug',
  })
})

test('parseCommand() reads seed and the name it is given', () => {
  const seed = parseCommand(['seed', '--data', '/d', '--name', 'team/hello:v1'])
  assert.deepEqual(seed, {
    name: 'seed',
    dataDirectory: '/d',
    stores: here,
    repository: 'team/hello',
    tag: 'v1',
  })
  assert.deepEqual(parseCommand(['seed']), {
    name: 'seed',
    dataDirectory: '/var/lib/berth-hub',
    stores: here,
    repository: 'library/hello-world',
    tag: 'latest',
  })
})

test('parseCommand() reads mirror', () => {
  const argv = ['mirror', '--upstream', 'docker.io', '--upstream=here=http://127.0.0.1:5001/path']
  const more = ['--upstream-host', 'here.test=here', '--tag-ttl', '1h', '--cache-size', '2G', '--pin', 'a/*']
  const limits = ['--upstream-rate', '60', '--upstream-rate=here=600', '--upstream-bandwidth', 'here=5M']
  const command = parseCommand([...argv, ...more, ...limits])
  assert.ok(command.name === 'serve')
  const { upstreams, ...rest } = command.mirrors
  const unlimited = { concurrency: undefined, bytesPerSecond: undefined }
  assert.deepEqual(
    upstreams.map((upstream) => upstream.limits),
    [
      { ...unlimited, requestsPerMinute: 60 },
      { ...unlimited, requestsPerMinute: 600, bytesPerSecond: 5 * 2 ** 20 },
    ],
  )
  assert.deepEqual(
    upstreams.map(({ name, url, hosts }) => [name, url.href, hosts]),
    [
      ['docker.io', 'https://registry-1.docker.io/', []],
      ['here', 'http://127.0.0.1:5001/path', ['here.test']],
    ],
  )
  const wanted = { fallback: 'docker.io', tagTtlMs: 3_600_000, limitBytes: 2 ** 31, pins: ['a/*'] }
  assert.deepEqual(rest, { ...wanted, credentialsFile: undefined })
})

test('parseCommand() refuses an upstream with a password without showing it', () => {
  const argv = ['mirror', '--upstream', 'https://me:secret@ghcr.io']
  assert.throws(
    () => parseCommand(argv),
    (error: Error) => !error.message.includes('secret'),
  )
})

test('parseCommand() reads gc', () => {
  const gc = parseCommand(['gc', '--data', '/d', '--dry-run', '--grace', '90m'])
  assert.deepEqual(gc, {
    name: 'gc',
    dataDirectory: '/d',
    stores: here,
    dryRun: true,
    graceMs: 5_400_000,
    policiesFile: undefined,
  })
  assert.equal((parseCommand(['gc']) as { graceMs?: number }).graceMs, undefined)
})

test('parseCommand() shows the help when nothing is asked', () => {
  for (const argv of [[], ['--help'], ['help']])
    assert.deepEqual(parseCommand(argv), { name: 'help', about: undefined })
  for (const argv of [
    ['gc', '-h'],
    ['help', 'gc'],
  ])
    assert.deepEqual(parseCommand(argv), { name: 'help', about: 'gc' })
  assert.deepEqual(parseCommand(['--version']), { name: 'version' })
})

test('parseCommand() refuses what it does not know', () => {
  const refused = [
    ['sreve'],
    ['serve', 'more'],
    ['serve', '--no-such-flag'],
    ['serve', '--listen', '5000'],
    ['serve', '--listen', 'host:70000'],
    ['serve', '--log-level', 'loud'],
    ['gc', '--grace', 'soon'],
    ['mirror'],
    ['mirror', '--upstream', 'ghcr.io', '--upstream-rate', '0'],
    ['mirror', '--upstream', 'ghcr.io', '--upstream-bandwidth', 'fast'],
    ['mirror', '--upstream', 'ghcr.io', '--upstream-concurrency', 'quay.io=4'],
    ['serve', '--access', 'open', '--public', 'a/*'],
    ['serve', '--access', 'open', '--htpasswd', 'f'],
    ['serve', '--access', 'closed'],
    ['serve', '--sign-up', 'maybe'],
    ['serve', '--pull-limit', '0'],
    ['serve', '--webhook-allow', '10.0.0.0/33'],
    ['serve', '--trusted-proxy', 'proxy'],
    ['serve', '--public-url', 'https://hub.example.com/path'],
    ['serve', '--metrics', '9090'],
    ['admin'],
    ['admin', 'create', '--name', 'me'],
    ['admin', 'plan', 'me', 'gold'],
    ['admin', 'promote'],
    ['serve', '--workers', '0'],
    ['serve', '--workers', '1000'],
    ['serve', '--client-connections', 'many'],
    ['serve', '--tls-cert', 'c.pem'],
    ['serve', '--htpasswd', 'f', '--auth-scheme', 'digest'],
    ['mirror', '--upstream', 'ftp://x'],
    ['mirror', '--upstream', 'ghcr.io', '--upstream', 'https://ghcr.io'],
    ['mirror', '--upstream', 'ghcr.io', '--upstream-host', 'h=quay.io'],
    ['mirror', '--upstream', 'ghcr.io', '--cache-size', 'much'],
    ['mirror', '--upstream', 'ghcr.io', '--cache-size', '0'],
  ]
  for (const argv of refused)
    assert.throws(() => parseCommand(argv), { code: 'invalid-argument' }, argv.join(' '))
})

test('parseCommand() refuses flags that would do nothing', () => {
  const mirror = ['mirror', '--upstream', 'ghcr.io']
  const refused: readonly (readonly [argv: string[], words: RegExp])[] = [
    [['serve', '--tag-ttl', '1h'], /--tag-ttl .* needs --upstream$/],
    [['serve', '--upstream-rate', '5'], /--upstream-rate .* needs --upstream$/],
    [['serve', '--upstream-auth', 'f'], /--upstream-auth .* needs --upstream$/],
    [['serve', '--upstream-host', 'a=b'], /--upstream-host .* needs --upstream$/],
    [['serve', '--cache-size', '1G', '--pin', 'a/*'], /--cache-size .* needs --upstream$/],
    [[...mirror, '--pin', 'a/*'], /--pin .* without --cache-size$/],
    [
      [...mirror, '--upstream-rate', '5', '--upstream-rate', '6'],
      /two --upstream-rate are for every upstream$/,
    ],
    [[...mirror, '--upstream-host', 'h=ghcr.io', '--upstream-host', 'h=ghcr.io'], /two --upstream-host/],
    [[...mirror, '--sign-up', 'closed'], /--sign-up .* does not go with --access open$/],
    [
      ['serve', '--htpasswd', 'f', '--pull-limit', '5'],
      /--pull-limit .* does not go with --access htpasswd$/,
    ],
    [['serve', '--auth-scheme', 'basic'], /--auth-scheme .* needs --htpasswd$/],
    [['serve', '--public', 'a/*'], /--public .* needs --upstream$/],
    [['serve', '--dry-run'], /serve does not take --dry-run$/],
    [['gc', '--listen', ':1'], /gc does not take --listen$/],
    [['seed', '--grace', '1h'], /seed does not take --grace$/],
    [['config', '--data', '/d'], /config does not take --data$/],
    [['admin', 'promote', 'me', '--email', 'me@example.com'], /admin promote does not take --email$/],
  ]
  for (const [argv, message] of refused)
    assert.throws(() => parseCommand(argv), { code: 'invalid-argument', message }, argv.join(' '))
})

test('parseCommand() says where a setting is from that it refuses, in the words of that place', () => {
  const messageOf = (argv: string[], environment: NodeJS.ProcessEnv, flags: GivenFlags) => {
    try {
      return JSON.stringify(parseCommand(argv, environment, { path: '/etc/hub.yaml', flags }))
    } catch (error) {
      return `${(error as Error).message} | ${String((error as { hint?: string }).hint)}`
    }
  }
  const help = "See 'berth-hub serve --help'."
  const told: readonly (readonly [GivenFlags, NodeJS.ProcessEnv, string[], string])[] = [
    [{ listen: '--data' }, {}, [], `Cannot read /etc/hub.yaml: listen "--data" is not HOST:PORT | ${help}`],
    [
      { listen: ':1' },
      {},
      ['--listen', 'x'],
      `Cannot read command line: --listen "x" is not HOST:PORT | ${help}`,
    ],
    [
      {},
      { BERTH_HUB_TAG_TTL: '1h' },
      [],
      `Cannot read environment: BERTH_HUB_TAG_TTL is about mirrored registries: it needs BERTH_HUB_UPSTREAM | ${help}`,
    ],
    [
      { public: ['a/*'] },
      {},
      ['--access', 'open'],
      `Cannot read /etc/hub.yaml: public does not go with --access open: all is public | ${help}`,
    ],
    [{ 'tls-key': 'k' }, {}, [], `Cannot read /etc/hub.yaml: tls-cert and tls-key go together | ${help}`],
  ]
  for (const [flags, environment, argv, message] of told)
    assert.equal(messageOf(['serve', ...argv], environment, flags), message)
})

test('parseCommand() takes what the command line does not say from the environment, then from the file', () => {
  const environment = { BERTH_HUB_LISTEN: ':1', BERTH_HUB_WEBHOOK_ALLOW: '10.0.0.0/8 fd00::1' }
  const flags = { listen: ':2', workers: '3', 'sign-up': 'closed', 'log-level': 'error' }
  const file = { path: '/etc/hub.yaml', flags }
  const command = parseCommand(['serve', '--log-level', 'debug'], environment, file)
  assert.ok(command.name === 'serve' && command.access.kind === 'accounts')
  const { listen, workers, logLevel, access } = command
  assert.deepEqual({ port: listen.port, workers, logLevel }, { port: 1, workers: 3, logLevel: 'debug' })
  assert.deepEqual(access.hub.webhookNetworks, ['10.0.0.0/8', 'fd00::1/128'])
  assert.equal(access.hub.isSignUpOpen, false)
})

test('parseCommand() takes a database with a password from the environment or the file, not from the command line', () => {
  const database = 'postgres://me:secret@host/name'
  for (const command of [
    parseCommand(['serve'], { BERTH_HUB_DATABASE: database }),
    parseCommand(['serve'], {}, { path: '/etc/hub.yaml', flags: { database } }),
  ])
    assert.equal(command.name === 'serve' && command.stores.database, database)
  assert.throws(
    () => parseCommand(['serve', '--database', database]),
    (error: Error) => !error.message.includes('secret'),
  )
})

test('parseCommand() reads what is done with accounts', () => {
  const actionOf = (...argv: string[]) => {
    const command = parseCommand(['admin', ...argv])
    return command.name === 'admin' ? command.action : undefined
  }
  const flags = ['--name', 'me', '--email', 'me@example.com', '--password-stdin']
  const email = 'me@example.com'
  assert.deepEqual(actionOf('create', ...flags), {
    action: 'create',
    account: 'me',
    email,
    isPasswordGiven: true,
  })
  assert.deepEqual(actionOf('password', 'me'), { action: 'password', account: 'me', isPasswordGiven: false })
  for (const action of ['promote', 'demote', 'disable', 'enable'])
    assert.deepEqual(actionOf(action, 'me'), { action, account: 'me' })
  assert.deepEqual(actionOf('plan', 'team', 'pro'), { action: 'plan', namespace: 'team', plan: 'pro' })
  assert.deepEqual(actionOf('list'), { action: 'list' })
})

test('parseCommand() reads --validate as a question about serve', () => {
  const command = parseCommand(['serve', '--validate'])
  assert.ok(command.name === 'validate' && command.command.name === 'serve')
})
