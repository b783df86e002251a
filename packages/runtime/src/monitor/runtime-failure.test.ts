import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CodedError } from '@berth/stdx'
import { findMemoryHierarchy } from './oom-kills.ts'
import { findStartTicks } from './process-record.ts'
import { describeRuntimeFailure, readRuntimeLog, startFailure } from './runtime-failure.ts'

test('readRuntimeLog() finds the last error among other lines', () => {
  const log =
    '{"level":"warning","msg":"w"}\n{"level":"error","msg":"first"}\n{"level":"error","msg":"last"}\ngarbage\n'
  assert.equal(readRuntimeLog(log), 'last')
  assert.equal(readRuntimeLog('garbage'), undefined)
})

test('describeRuntimeFailure() words crun’s reasons as runc does', () => {
  const { message, code } = describeRuntimeFailure(
    'executable file `x` not found in $PATH: No such file or directory',
  )
  assert.deepEqual([message, code], ['exec: "x": executable file not found in $PATH', 'invalid-argument'])
  assert.equal(describeRuntimeFailure('out of luck').code, 'internal')
})

test('startFailure() keeps code and hint', () => {
  const error = startFailure(new CodedError('failed-precondition', 'runc run failed: x', { hint: 'Do y.' }))
  assert.equal(
    error.message,
    'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: x: unknown',
  )
  assert.deepEqual([error.code, error.hint], ['failed-precondition', 'Do y.'])
})

test('findMemoryHierarchy() prefers the v1 controller', () => {
  const unified = '30 1 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup rw\n'
  const memory = '31 1 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n'
  assert.equal(findMemoryHierarchy(unified + memory)?.fileName, 'memory.oom_control')
  assert.equal(findMemoryHierarchy(unified)?.fileName, 'memory.events')
  assert.equal(findMemoryHierarchy(''), undefined)
})

test('findStartTicks() knows this process and no other of its id', () => {
  assert.match(findStartTicks(process.pid) ?? '', /^\d+$/)
  assert.equal(findStartTicks(0x7ffffff0), undefined)
})
