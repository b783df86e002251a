import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listProcesses, selectRows } from './list-processes.ts'

test('selectRows() keeps the wanted processes and the spaces of the last column', () => {
  const output = 'UID   PID  PPID CMD\nroot    1     0 init\nroot   42     1 sh -c  sleep 1\n'
  assert.deepEqual(selectRows(output, [42]), {
    titles: ['UID', 'PID', 'PPID', 'CMD'],
    rows: [['root', '42', '1', 'sh -c sleep 1']],
  })
})

test('selectRows() refuses a table without process ids', () => {
  assert.throws(() => selectRows('CMD\ninit\n', [1]), /Couldn't find PID field in ps output/)
})

test('listProcesses() shows this very process and says what ps refuses', async () => {
  const { rows } = await listProcesses([process.pid], ['-eo', 'pid,args'])
  assert.equal(rows.length, 1)
  assert.match(rows[0]?.[1] ?? '', /node/)
  await assert.rejects(listProcesses([1], ['--nonsense']), {
    code: 'invalid-argument',
    message: /error running ps:/,
  })
})
