import type { ListRepositories, Repository, RepositoryChange } from '@berth/catalog'
import { CodedError } from '@berth/stdx'
import * as v from 'valibot'
import {
  created,
  done,
  ok,
  repositoryOf,
  route,
  type ApiCall,
  type ApiReply,
  type ApiRoute,
} from './api-call.ts'
import { isoTime, longText, optionalText, text } from './fields.ts'
import { parseOrdering, parsePaging, replyPage } from './list-page.ts'

const description = {
  description: optionalText,
  full_description: v.optional(longText),
  categories: v.optional(v.pipe(v.array(v.union([text, v.object({ slug: text })])), v.maxLength(20))),
  source: v.optional(v.nullable(text)),
}
const newRepository = v.object({ name: text, is_private: v.optional(v.boolean()), ...description })
/** Visibility has a route of its own, for who may change it; here it is not even read. */
const repositoryChange = v.object(description)
const privacy = v.object({ is_private: v.boolean() })

const orderings = ['name', '-name', 'last_updated', '-last_updated', 'pull_count', '-pull_count'] as const

/** The same below both of Docker Hub's paths. */
export const repositoryRoutes: readonly ApiRoute[] = [
  '/v2/namespaces/:namespace/repositories',
  '/v2/repositories/:namespace',
].flatMap((namespace) => [
  route('GET', namespace, listRepositories),
  route('POST', namespace, createRepository),
  ...ofRepository(`${namespace}/:name`),
])

/** Of one repository; `base` is its path. */
function ofRepository(base: string): ApiRoute[] {
  return [
    route('GET', base, async ({ catalog, viewer, params }) =>
      ok(formatRepository(await catalog.repositories.getRepository(viewer, repositoryOf({ params })))),
    ),
    route('PATCH', base, updateRepository),
    route('DELETE', base, async ({ catalog, viewer, params }) => {
      await catalog.repositories.deleteRepository(viewer, repositoryOf({ params }))
      return { status: 202 }
    }),
    route('POST', `${base}/privacy`, async (call) => {
      const { is_private: isPrivate } = await call.body(privacy)
      await call.catalog.repositories.setPrivate(call.viewer, repositoryOf(call), isPrivate)
      return ok({})
    }),
    route('POST', `${base}/stars`, (call) => star(call, true)),
    route('DELETE', `${base}/stars`, (call) => star(call, false)),
    route('PATCH', `${base}/immutabletags`, refuseImmutableTags),
  ]
}

async function listRepositories(call: ApiCall): Promise<ApiReply> {
  const { catalog, viewer, params, url } = call
  const filter = url.searchParams.get('name')
  const options: ListRepositories = {
    ...parsePaging(url.searchParams),
    ...(filter !== null && { filter }),
    ...parseOrdering(url.searchParams, orderings),
  }
  const listed = await catalog.repositories.listRepositories(viewer, params['namespace'] ?? '', options)
  return replyPage(call, listed, formatRepository)
}

async function createRepository(call: ApiCall): Promise<ApiReply> {
  const { name, is_private: isPrivate, ...form } = await call.body(newRepository)
  const repository = await call.catalog.repositories.createRepository(call.viewer, {
    name: `${call.params['namespace']}/${name}`,
    ...(isPrivate !== undefined && { isPrivate }),
    ...changeOf(form),
  })
  return created(formatRepository(repository))
}

async function updateRepository(call: ApiCall): Promise<ApiReply> {
  const change = changeOf(await call.body(repositoryChange))
  return ok(
    formatRepository(
      await call.catalog.repositories.updateRepository(call.viewer, repositoryOf(call), change),
    ),
  )
}

async function star(call: ApiCall, isStarred: boolean): Promise<ApiReply> {
  await call.catalog.repositories.setStarred(call.viewer, repositoryOf(call), isStarred)
  return done
}

/** Who may not see the repository learns nothing here either. */
async function refuseImmutableTags(call: ApiCall): Promise<ApiReply> {
  await call.catalog.repositories.getRepository(call.viewer, repositoryOf(call))
  throw new CodedError('not-implemented', 'Cannot set immutable tags: who runs the hub sets them.', {
    hint: 'See --policies of berth-hub serve.',
  })
}

function changeOf(form: v.InferOutput<typeof repositoryChange>): RepositoryChange {
  const { description, full_description: fullDescription, categories, source } = form
  return {
    ...(description !== undefined && { description }),
    ...(fullDescription !== undefined && { fullDescription }),
    ...(categories && {
      categories: categories.map((category) => (typeof category === 'string' ? category : category.slug)),
    }),
    ...(source !== undefined && { source }),
  }
}

export function formatRepository(repository: Repository) {
  const [namespace = '', ...rest] = repository.name.split('/')
  const { permission, updatedAt } = repository
  return {
    user: namespace,
    namespace,
    name: rest.join('/'),
    repository_type: 'image',
    status: 1,
    status_description: 'active',
    description: repository.description,
    full_description: repository.fullDescription,
    is_private: repository.isPrivate,
    is_automated: repository.isAutomated,
    is_official: repository.isOfficial,
    star_count: repository.starCount,
    pull_count: repository.pullCount,
    has_starred: repository.isStarredByViewer,
    last_updated: isoTime(updatedAt),
    last_modified: isoTime(updatedAt),
    date_registered: isoTime(repository.createdAt),
    permissions: { read: true, write: permission !== 'read', admin: permission === 'admin' },
    categories: repository.categories.map((name) => ({ name, slug: name })),
    immutable_tags_settings: { enabled: false, rules: [] },
    source: repository.source ?? null,
  }
}
