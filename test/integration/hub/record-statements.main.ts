import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type * as Catalogs from '@berth/catalog'
import { digestOf, mediaTypes } from '@berth/oci'
import type * as Registries from '@berth/registry-server'
import { openSqlDatabase } from '@berth/sql'
import {
  formatRecording,
  startPostgresServer,
  watchStatements,
  type RecordedStatement,
} from '@berth/sql/testsuite'
import { silentLogger } from '@berth/stdx'

/**
 * Writes what a program of another checkout says to its database while people work with it, for the test of upgrades:
 * `record-statements.main.ts CHECKOUT FILE`. To be run when the last release is another one.
 */
const [checkout = '', output = ''] = process.argv.slice(2)
const { openCatalog } = (await import(resolve(checkout, 'packages/catalog/src/index.ts'))) as typeof Catalogs
const { createRegistry } = (await import(
  resolve(checkout, 'packages/registry-server/src/index.ts')
)) as typeof Registries

let statements: RecordedStatement[] = []
let isRecording = false

function imageOf(layer: string): Registries.ImageContent {
  const blobs = ['{}', layer].map((text) => Buffer.from(text))
  const mediaType = mediaTypes.ociManifest
  const document = {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf('{}'), size: 2 },
    layers: [
      { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf(layer), size: layer.length },
    ],
  }
  return { blobs, manifests: [{ bytes: Buffer.from(JSON.stringify(document)), mediaType }] }
}

/** What people do with a hub in a day, in an order in which each step needs those before. */
async function work(location: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-record-'))
  await using database = await openSqlDatabase(location)
  await using registry = await createRegistry({ directory, database, logger: silentLogger })
  const { contents } = registry
  await using catalog = await openCatalog({ database, contents })
  const { accounts, tokens, sessions, organizations, repositories, webhooks } = catalog
  isRecording = true
  const signUp = async (name: string): Promise<Catalogs.Viewer> => {
    const form = { name, email: `${name}@example.test`, password: `the password of ${name}` }
    const account = await accounts.signUp(form, '192.0.2.1')
    return { account, scope: 'repo:admin', tokenId: undefined, address: '192.0.2.1' }
  }
  const push = async (repository: string, layer: string) => {
    const digest = await registry.putImage(repository, 'v1', imageOf(layer))
    catalog.registry.noteActivity({ kind: 'push', repository, digest, tags: ['v1'], account: 'ada' })
    await catalog.registry.flush()
  }
  const [ada, bob] = [await signUp('ada'), await signUp('bob')]
  await push('ada/pushed', 'one')
  const login = await accounts.signIn('ada', 'the password of ada')
  if (!login) throw new Error('ada does not get in')
  const session = await sessions.createSession(login, { address: '192.0.2.1' })
  await repositories.createRepository(ada, { name: 'ada/made', description: 'Made by hand' })
  await organizations.createOrganization(ada, { name: 'makers' })
  await organizations.createTeam(ada, 'makers', { name: 'devs' })
  await organizations.setMember(ada, 'makers', { account: 'bob', role: 'member' })
  await organizations.addTeamMember(ada, 'makers', { team: 'devs', account: 'bob' })
  for (const round of [1, 2]) {
    const name = `makers/app${round}`
    await repositories.createRepository(ada, { name, description: `An app of round ${round}` })
    await organizations.setTeamPermission(ada, name, { team: 'devs', permission: 'write' })
    await repositories.setCollaborator(ada, 'ada/made', { account: 'bob', permission: 'read' })
    await repositories.setStarred(bob, name, true)
    await push(`ada/pushed${round}`, `layer ${round}`)
    await catalog.registry.permissionFor({ account: login.account, scope: 'repo:admin' }, name)
    catalog.registry.noteActivity({ kind: 'pull', repository: name, tags: ['v1'], account: 'bob' })
    await catalog.registry.flush()
    for (const viewer of [ada, bob])
      await repositories.search(viewer, { text: 'app', page: 1, size: 25, stars: 1 })
    await repositories.updateRepository(ada, name, { description: `Changed in round ${round}` })
    await repositories.setPrivate(ada, 'ada/made', true)
    await repositories.listRepositories(bob, 'makers', { page: 1, size: 10 })
    await sessions.findSession(session.secret)
    const { id } = await tokens.createToken(ada, { label: `ci ${round}`, scope: 'repo:read' })
    await tokens.updateToken(ada, id, { isActive: false })
    await webhooks.createWebhook(ada, name, { name: 'ci', url: 'https://example.test/hook' })
    await repositories.setCollaborator(ada, 'ada/made', { account: 'bob', permission: undefined })
    await repositories.setPrivate(ada, 'ada/made', false)
    await organizations.removeTeamMember(ada, 'makers', { team: 'devs', account: 'bob' })
    await organizations.addTeamMember(ada, 'makers', { team: 'devs', account: 'bob' })
    await repositories.deleteRepository(ada, `ada/pushed${round}`)
    await repositories.setStarred(bob, name, false)
    await catalog.sweep()
  }
  isRecording = false
  await rm(directory, { recursive: true })
}

async function record(location: string): Promise<RecordedStatement[]> {
  statements = []
  await work(location)
  return statements
}

watchStatements((statement) => {
  if (isRecording) statements.push(statement)
})
await using server = await startPostgresServer()
if (!server) throw new Error('PostgreSQL is not installed')
const recorded = {
  sqlite: await record(':memory:'),
  postgres: await record(await server.createDatabase()),
}
await writeFile(output, formatRecording(recorded))
