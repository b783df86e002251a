import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findContractions } from '@berth/sql/testsuite'
import { accessMigrations } from '../access/access-schema.ts'
import { metadataMigrations } from './metadata-schema.ts'

test('steps of a registry’s schemas only add: programs of before go on working', () => {
  assert.deepEqual(findContractions([...metadataMigrations, ...accessMigrations]), [])
})
