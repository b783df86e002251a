import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextStep } from './next-step.ts'

test('nextStep() does not send who has just given a wrong password to log in', () => {
  const wrong = 'Get "http://127.0.0.1:5000/v2/": unauthorized: incorrect username or password'
  assert.match(nextStep(wrong) ?? '', /^Check both/)
  assert.match(nextStep('unauthorized: authentication required') ?? '', /berth login/)
})

test('nextStep() repeats what the message names, and says nothing of what it does not know', () => {
  assert.match(nextStep('No such image: nosuch:latest') ?? '', /'berth pull nosuch:latest'/)
  assert.equal(nextStep('something else'), undefined)
})
