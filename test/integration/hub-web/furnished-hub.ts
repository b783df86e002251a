import type { Digest } from '@berth/oci'
import { buildImage } from '../../fixtures/images.ts'
import { startPageHub } from './page-hub.ts'

const readme = `# Web

A small **web server**. [Docs](https://example.test/docs)

## Run it

\`\`\`sh
docker run -d -p 8080:80 hub.test/ada/web
\`\`\`

| variable | meaning |
|---|---|
| \`PORT\` | where it listens |

- [x] serves
- [ ] sings
`

/** A hub with something of everything: for tests that look at every page. */
export async function startFurnishedHub() {
  await using stack = new AsyncDisposableStack()
  const hub = stack.use(await startPageHub())
  const { catalog } = hub
  const keeper = await hub.addAccount('keeper', 'administrator')
  const ada = await hub.addAccount('ada')
  await hub.addAccount('bob')
  await catalog.accounts.setPlan(keeper, 'ada', 'pro')
  const image = await buildImage({
    layers: [{ '/etc/web.conf': 'PORT=80\n' }, { '/srv/index.html': 'hello\n' }],
  })
  const digest = await hub.push(image, { name: 'ada/web', tag: 'latest', account: 'ada' })
  await hub.push(image, { name: 'ada/web', tag: '1.0', account: 'ada' })
  await hub.push(image, { name: 'library/busybox', tag: 'latest', account: 'keeper' })
  await catalog.repositories.updateRepository(ada, 'ada/web', {
    description: 'Serves the pages of a team',
    fullDescription: readme,
    categories: ['web-servers', 'networking'],
    source: 'https://git.example.test/ada/web',
  })
  await catalog.repositories.createRepository(ada, { name: 'ada/notes', isPrivate: true })
  await catalog.repositories.setCollaborator(ada, 'ada/web', { account: 'bob', permission: 'write' })
  await catalog.repositories.setStarred(keeper, 'ada/web', true)
  await catalog.repositories.setStarred(ada, 'library/busybox', true)
  const webhook = await catalog.webhooks.createWebhook(ada, 'ada/web', {
    name: 'deploy',
    url: 'https://deploy.example.test/hook',
  })
  await catalog.tokens.createToken(ada, { label: 'laptop', scope: 'repo:write' })
  await catalog.organizations.createOrganization(ada, { name: 'harbour', fullName: 'Harbour Authority' })
  await catalog.organizations.setMember(ada, 'harbour', { account: 'bob', role: 'member' })
  await catalog.organizations.createTeam(ada, 'harbour', { name: 'pilots', description: 'Bring ships in' })
  await catalog.organizations.addTeamMember(ada, 'harbour', { team: 'pilots', account: 'bob' })
  const owned = stack.move()
  return {
    ...hub,
    ada,
    /** Of the manifest of `ada/web`. */
    digest: digest satisfies Digest,
    webhookId: webhook.id,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
