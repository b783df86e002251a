import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findContractions } from '@berth/sql/testsuite'
import { catalogMigrations } from './catalog-migrations.ts'

test('steps of the catalog’s schema only add: programs of before go on working', () => {
  assert.deepEqual(findContractions(catalogMigrations), [])
})
