import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageRoutes } from '../page-routes.ts'
import { paths } from '../paths.ts'
import { createRouter } from './router.ts'

const router = createRouter(pageRoutes)

test('router() finds repositories whose names have slashes', () => {
  const found = (path: string) => {
    const match = router.find('GET', path)
    return 'route' in match ? { path: match.route.path, ...match.params } : match
  }
  assert.deepEqual(found(paths.repository('ada/web')), { path: '/r/_', name: 'ada/web' })
  assert.deepEqual(found('/r/ada/web/'), { path: '/r/_', name: 'ada/web' })
  assert.deepEqual(found(paths.repositoryPart('ada/tools/web', 'tags')), {
    path: '/r/_/-/tags',
    name: 'ada/tools/web',
  })
  assert.deepEqual(found(paths.tag('ada/tags', '1.0')), {
    path: '/r/_/-/tags/:tag',
    name: 'ada/tags',
    tag: '1.0',
  })
  assert.deepEqual(found('/r/ada/%E0%A4%A'), { allowed: [] })
})

test('router() tells what else a path can be asked for', () => {
  assert.deepEqual(router.find('POST', '/search'), { allowed: ['GET'] })
  assert.deepEqual(router.find('GET', '/signout'), { allowed: ['POST'] })
  assert.deepEqual(router.find('GET', '/v2/'), { allowed: [] })
  assert.ok('route' in router.find('HEAD', '/search'))
})

test('router() lets strangers change nothing but where they stand', () => {
  const open = pageRoutes.filter(({ method, access }) => method === 'POST' && access === 'anyone')
  assert.deepEqual(
    open.map(({ path }) => path),
    ['/signin', '/signup', '/theme'],
  )
  assert.deepEqual(
    pageRoutes.filter(({ isTokenFree }) => isTokenFree).map(({ path }) => path),
    ['/theme'],
  )
})
