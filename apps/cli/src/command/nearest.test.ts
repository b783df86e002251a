import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { editDistance, nearest } from './nearest.ts'

test('nearest() finds slips of the finger and beginnings', () => {
  const commands = ['images', 'inspect', 'logs', 'ps', 'run', 'rm', 'start']
  assert.equal(nearest('imags', commands), 'images')
  assert.equal(nearest('rnu', commands), 'run')
  assert.equal(nearest('insp', commands), 'inspect')
  assert.equal(nearest('frobnicate', commands), undefined)
})

test('editDistance() counts what has to change', () => {
  assert.equal(editDistance('', 'abc'), 3)
  assert.equal(editDistance('run', 'rnu'), 1)
  fc.assert(fc.property(fc.string(), (text) => editDistance(text, text) === 0))
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => editDistance(a, b) === editDistance(b, a)))
})
