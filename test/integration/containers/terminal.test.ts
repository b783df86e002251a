import assert from 'node:assert/strict'
import { test } from 'node:test'
import { join } from 'node:path'
import { engineSuite } from '../../fixtures/engine-suite.ts'
import { openTerminal } from '../../fixtures/terminal.ts'

const suite = engineSuite()

const clients = { docker: 'docker', berth: join(import.meta.dirname, '../../../bin/berth') }

for (const [name, program] of Object.entries(clients)) {
  const client = (args: string) => openTerminal(`${program} -H ${suite.engine.host} ${args}`)

  test(`${name} run -it gives a shell on a terminal of the right size`, async () => {
    await using terminal = client('run -it --rm busybox sh')
    await terminal.sees(/# /)
    terminal.type('stty size; tty; echo $TERM\r')
    await terminal.sees(/40 100\r\n\/dev\/pts\/0\r\nxterm/)
    terminal.type('exit 3\r')
    assert.equal(await terminal.ended(), 3)
  })

  test(`${name} run -it passes control-c to the process`, async () => {
    await using terminal = client(
      `run -it --rm busybox sh -c "trap 'exit 9' INT; echo ready; while :; do sleep 0.1; done"`,
    )
    await terminal.sees(/ready/)
    terminal.type('\u0003')
    assert.equal(await terminal.ended(), 9)
  })

  test(`${name} leaves a container running at the detach keys and attaches again`, async () => {
    const container = `detached-${name}`
    await using first = client(`run -it --name ${container} busybox sh`)
    await first.sees(/# /)
    first.type('\u0010\u0011')
    assert.equal(await first.ended(), 0)
    assert.equal(
      (await suite.engine.docker(['inspect', '-f', '{{.State.Running}}', container])).stdout,
      'true\n',
    )
    await using second = client(`attach ${container}`)
    second.type('echo back again\r')
    await second.sees(/back again\r\n/)
    second.type('exit\r')
    assert.equal(await second.ended(), 0)
    await suite.engine.docker(['rm', container])
  })

  test(`${name} exec -it has a terminal of its own`, async () => {
    const container = `exec-${name}`
    await suite.engine.docker(['run', '-d', '--name', container, 'busybox', 'sleep', '100'])
    await using terminal = client(`exec -it ${container} sh -c "stty size; tty; exit 6"`)
    await terminal.sees(/40 100\r\n\/dev\/pts\/\d/)
    assert.equal(await terminal.ended(), 6)
    await suite.engine.docker(['rm', '-f', container])
  })
}
