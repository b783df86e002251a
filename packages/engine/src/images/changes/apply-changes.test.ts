import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isCoded } from '@berth/stdx'
import { applyChanges } from './apply-changes.ts'

const refuses = (change: string, message: RegExp) =>
  assert.throws(
    () => applyChanges({}, [change]),
    (error) => isCoded(error, 'invalid-argument') && message.test(error.message),
  )

test('applyChanges() takes every instruction that changes nothing but the config', () => {
  const config = applyChanges({ Env: ['PATH=/bin'], WorkingDir: '/srv' }, [
    'CMD ["nginx", "-g", "daemon off;"]',
    'ENV A=1 B="two words" PATH=/opt:$PATH C=${A:-x}${D:-none}${A:+yes}',
    'env OLD form of one pair',
    'EXPOSE 80 53/udp 8000-8002',
    'LABEL a.b=c "with space"=\'$x\'',
    'USER app:staff',
    'VOLUME /data /more\nVOLUME ["/third one"]',
    'WORKDIR sub/../app',
    'ONBUILD RUN make',
    'STOPSIGNAL SIGINT',
    'HEALTHCHECK --interval=5s --retries=3 --start-period=1m CMD curl -f http://localhost/ || exit 1',
    'SHELL ["/bin/bash", "-c"]',
  ])
  assert.deepEqual(config, {
    Cmd: ['nginx', '-g', 'daemon off;'],
    Env: ['PATH=/opt:/bin', 'A=1', 'B=two words', 'C=xnone', 'OLD=form of one pair'],
    ExposedPorts: { '80/tcp': {}, '53/udp': {}, '8000/tcp': {}, '8001/tcp': {}, '8002/tcp': {} },
    Labels: { 'a.b': 'c', 'with space': '$x' },
    User: 'app:staff',
    Volumes: { '/data': {}, '/more': {}, '/third one': {} },
    WorkingDir: '/srv/app',
    OnBuild: ['RUN make'],
    StopSignal: 'SIGINT',
    Healthcheck: {
      Test: ['CMD-SHELL', 'curl -f http://localhost/ || exit 1'],
      Interval: 5e9,
      Retries: 3,
      StartPeriod: 6e10,
    },
    Shell: ['/bin/bash', '-c'],
  })
})

test('applyChanges() gives a shell what is no list, in the shell that was chosen', () => {
  assert.deepEqual(applyChanges({}, ['CMD echo $HOME']).Cmd, ['/bin/sh', '-c', 'echo $HOME'])
  assert.deepEqual(applyChanges({}, ['SHELL ["ash", "-c"]', 'ENTRYPOINT [oops']).Entrypoint, [
    'ash',
    '-c',
    '[oops',
  ])
})

test('applyChanges() clears a command that was written for another entrypoint', () => {
  const before = { Cmd: ['old'] }
  assert.equal(applyChanges(before, ['ENTRYPOINT ["new"]']).Cmd, null)
  assert.deepEqual(applyChanges(before, ['CMD ["x"]', 'ENTRYPOINT ["new"]']).Cmd, ['x'])
  assert.deepEqual(before, { Cmd: ['old'] })
})

test('applyChanges() refuses what would take a build, and what is not complete', () => {
  refuses('RUN make', /^run is not a valid change command$/)
  refuses('constructor x', /^constructor is not a valid change command$/)
  refuses('ENV', /^ENV requires at least one argument$/)
  refuses('ENV A=1 B', /can't find = in "B"/)
  refuses('ENV =1', /names can not be blank/)
  refuses('USER a b', /^USER requires exactly one argument$/)
  refuses('LABEL a="b', /looking for matching "/)
  refuses('EXPOSE 70000', /^invalid containerPort: 70000$/)
  refuses('EXPOSE 1/icmp', /^invalid proto: icmp$/)
  refuses('SHELL /bin/sh', /JSON form/)
  refuses('ONBUILD ONBUILD RUN x', /isn't allowed/)
  refuses('HEALTHCHECK NOPE', /Unknown type "NOPE"/)
  refuses('HEALTHCHECK --interval=soon CMD true', /./)
})

test('applyChanges() ends in a config or a coded error whatever the text', () => {
  const instruction = fc.constantFrom(
    'ENV',
    'LABEL',
    'CMD',
    'EXPOSE',
    'HEALTHCHECK',
    'VOLUME',
    'WORKDIR',
    'USER',
  )
  const rest = fc.string({
    unit: fc.constantFrom('a', '=', '"', "'", '$', '{', '}', ':', '-', '\\', ' ', '\n', '[', ']', '/', '8'),
  })
  fc.assert(
    fc.property(instruction, rest, (name, text) => {
      try {
        applyChanges({}, [`${name} ${text}`])
      } catch (error) {
        assert.ok(isCoded(error, 'invalid-argument'), String(error))
      }
    }),
  )
})
