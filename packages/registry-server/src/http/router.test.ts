import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findRoute } from './router.ts'
import { routes } from './routes.ts'

test('findRoute() finds every route, for names of one and of many parts', () => {
  for (const name of ['app', 'a/b/c', 'blobs', 'x/manifests', 'tags/tags']) {
    for (const route of routes) {
      const path = route.path.replace(':name', name).replace(/:(digest|reference|id)/, 'value')
      for (const method of route.methods) {
        const found = findRoute(method, path)
        assert.ok('route' in found, `${method} ${path}`)
        assert.equal(found.route, route)
        if (route.path.includes(':name')) assert.equal(found.params['name'], name)
      }
    }
  }
})

test('findRoute() names the methods that a path has instead', () => {
  assert.deepEqual(findRoute('PUT', '/v2/app/blobs/value'), { allowed: ['GET', 'HEAD', 'DELETE'] })
  assert.deepEqual(findRoute('GET', '/v3/app'), { allowed: [] })
  assert.deepEqual(findRoute('BREW', '/v2/'), { allowed: ['GET', 'HEAD'] })
})
