import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, glob, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { packTar } from '@berth/layer'
import { assertSameComplaint } from '../../testsuite/assert-same-complaint.ts'
import { runBerth, type Outcome } from '../../testsuite/run-berth.ts'
import { runDocker, withoutStockDocker } from '../../testsuite/stock-docker.ts'

/** Lines of one user, one after the other; `VAR=value` before the command is its environment, `DIR` the folder of files. */
const stories: Record<string, readonly string[]> = {
  'one is made, shown and used': [
    'context ls',
    'context show',
    'context create far --description of\\sus --docker host=tcp://far:2375',
    'context create far',
    'context create here',
    'context create near --from far --description nearer',
    'context create copied --docker from=near',
    'context ls',
    'context ls -q',
    'context ls --format json',
    'context ls --format {{.Name}}:{{.Current}}:{{.DockerEndpoint}}{{if\\s.Current}}!{{end}}',
    'context ls --format table\\s{{.Name}}\\t{{.Error}}',
    'context ls --format {{.Nope}}',
    'context inspect far near',
    'context inspect nope far',
    'context inspect -f {{.Name}}\\s{{.Endpoints.docker.Host}}\\s{{.Storage.TLSPath}} far',
    'context inspect -f json far',
    'context use far',
    'context use far',
    'context show',
    'context ls',
    'context inspect',
    'DOCKER_HOST=unix:///x context ls',
    'DOCKER_HOST=unix:///x context use near',
    'DOCKER_HOST=unix:///x context show',
    'DOCKER_CONTEXT=here context ls',
    'DOCKER_CONTEXT=nope context ls',
    '--context copied context show',
    '-H unix:///y context ls',
    '-H unix:///y --context far context ls',
    'context rm near',
    'context rm nope near copied',
    'context rm -f near',
    'context show',
    'DOCKER_CONTEXT=here context rm here',
    'context use default',
    'context rm default',
    'context rm -f nope',
  ],
  'what cannot be is refused': [
    'context create x',
    'context create x\\sy',
    'context create default',
    'context create aa --from nope',
    'context create aa --docker from=nope',
    'context create aa --docker nope=1',
    'context create aa --docker host',
    'context create aa --docker host=nope://',
    'context create aa --docker host=h:5',
    'context create aa --docker host=tcp://h,ca=/nonexistent/ca.pem',
    'context create aa --docker host=tcp://h,skip-tls-verify=zz',
    'context create aa --from default --docker host=tcp://h',
    'context create',
    'context use nope',
    'context use x',
    'context update nope',
    'context update default',
    'context export nope -',
    'context import default DIR/none',
    'context import aa DIR/none',
    'context import aa',
    'context show x',
    'context inspect nope',
    'context ls x',
  ],
  'certificates go with it': [
    'context create tls --docker host=tcp://h:1,ca=DIR/cert.pem,cert=DIR/cert.pem,key=DIR/key.pem',
    'context create open --docker host=tcp://h:1,skip-tls-verify=true',
    'context create twin --from tls',
    'context inspect tls',
    'context export tls DIR/tls.tar',
    'context export tls DIR/tls.tar',
    'context export tls DIR/none/tls.tar',
    'context import again DIR/tls.tar',
    'context import again DIR/tls.tar',
    'context inspect again open',
    'context update tls --description new',
    'context update twin --docker host=tcp://h:2',
    'context inspect tls twin open',
    'context import plain DIR/plain.tar',
    'context inspect plain',
    'context import aa DIR/stray.tar',
    'context import bb DIR/climbing.tar',
    'context import cc DIR/empty.tar',
    // The stock client leaves halves of them behind.
    'context rm -f aa bb cc',
    'context rm tls',
  ],
}

describe('contexts are those of the stock client', { skip: withoutStockDocker, concurrency: 2 }, () => {
  for (const [name, lines] of Object.entries(stories)) {
    test(name, async () => {
      const certificates = await makeCertificates()
      try {
        await using ours = await userFolder(certificates)
        await using theirs = await userFolder(certificates)
        for (const line of lines) {
          const mine = await ours.run(line, (words, env) => runBerth(words, { env, folder: ours.path }))
          const stock = await theirs.run(line, runDocker)
          assert.equal(mine.stdout, stock.stdout, line)
          assertSameComplaint(mine.stderr, stock.stderr)
          assert.equal(mine.status, stock.status, line)
        }
        assert.deepEqual(await ours.files(), await theirs.files())
      } finally {
        await rm(certificates, { recursive: true })
      }
    })
  }
})

async function makeCertificates(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-certificates-'))
  const options = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=x'.split(
    ' ',
  )
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  await promisify(execFile)('openssl', [...options, ...files])
  return folder
}

const meta = {
  name: 'meta.json',
  body: '{"Name":"q","Metadata":{"A":1},"Endpoints":{"docker":{"Host":"tcp://h:3"}}}',
}

/** Archives that a user may be sent. */
const archives = {
  plain: [{ name: 'tls/docker/ca.pem', body: '1' }, meta],
  stray: [meta, { name: 'evil/x', body: '2' }],
  climbing: [meta, { name: 'tls/../../x', body: '2' }],
  empty: [{ name: 'tls/docker/ca.pem', body: '1' }],
}

async function userFolder(certificates: string) {
  const path = await mkdtemp(join(tmpdir(), 'berth-contexts-'))
  for (const name of ['key.pem', 'cert.pem']) await copyFile(join(certificates, name), join(path, name))
  for (const [name, members] of Object.entries(archives))
    await writeFile(join(path, `${name}.tar`), await Array.fromAsync(packTar(members)))
  const config = join(path, 'config')
  return {
    path,
    async run(
      line: string,
      client: (words: readonly string[], env: Record<string, string>) => Promise<Outcome>,
    ): Promise<Outcome> {
      const words = line
        .replaceAll('DIR', path)
        .split(' ')
        .map((word) => word.replaceAll('\\s', ' '))
      const [name = '', value] = words[0]?.startsWith('DOCKER_') ? words.shift()!.split('=') : []
      const env = { DOCKER_CONFIG: config, HOME: path, ...(value === undefined ? {} : { [name]: value }) }
      const { status, stdout, stderr } = await client(words, env)
      return { status, stdout: plain(stdout, path), stderr: plain(stderr, path) }
    },
    /** What is left of it all, with its modes; archives have headers of their own. */
    async files() {
      const found: [string, number, string][] = []
      for await (const { name, parentPath } of glob('{config/**,*.tar}', {
        cwd: path,
        withFileTypes: true,
      })) {
        const file = join(parentPath, name)
        const status = await stat(file)
        if (!status.isFile()) continue
        const content = name.endsWith('.tar') ? '' : await contentOf(file, path)
        found.push([relative(path, file), status.mode & 0o777, content])
      }
      return found.sort(([a], [b]) => (a < b ? -1 : 1))
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  }
}

/** What Docker's client writes into a new config.json besides is nothing. */
async function contentOf(file: string, folder: string): Promise<string> {
  const text = plain(await readFile(file, 'latin1'), folder)
  if (!file.endsWith('config.json')) return text
  const { auths: _, ...rest } = JSON.parse(text) as Record<string, unknown>
  return JSON.stringify(rest)
}

/** Each has a default engine of its own, by which columns are wide. */
function plain(text: string, folder: string): string {
  return text
    .replaceAll(folder, 'DIR')
    .replaceAll(/unix:\/\/\/(var\/run\/docker|run\/berth\/berth)\.sock/g, 'DEFAULT')
    .replaceAll(/ +/g, ' ')
}
