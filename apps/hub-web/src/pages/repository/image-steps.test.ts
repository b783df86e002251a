import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDigest } from '@berth/oci'
import { imageSteps } from './image-steps.ts'

const layer = (character: string) => ({
  digest: parseDigest(`sha256:${character.repeat(64)}`),
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  sizeBytes: 10,
})
const step = (createdBy: string, isEmptyLayer = false) => ({
  createdAt: undefined,
  createdBy,
  comment: 'buildkit.dockerfile.v0',
  isEmptyLayer,
})

test('imageSteps() gives each step the layer that it left', () => {
  const [a, b] = [layer('a'), layer('b')]
  const history = [step('COPY . / # buildkit'), step('ENV A=1', true), step('/bin/sh -c make')]
  assert.deepEqual(imageSteps({ history, layers: [a, b] }), [
    { command: 'COPY . /', comment: '', layer: a },
    { command: 'ENV A=1', comment: '', layer: undefined },
    { command: 'RUN make', comment: '', layer: b },
  ])
})

test('imageSteps() shows layers that no step tells of, and steps without the layer they claim', () => {
  assert.deepEqual(
    imageSteps({ history: [], layers: [layer('a')] }).map(({ command, layer }) => [
      command,
      layer?.sizeBytes,
    ]),
    [['', 10]],
  )
  assert.equal(imageSteps({ history: [step('x')], layers: [] })[0]?.layer, undefined)
})

test('imageSteps() leaves out the shell around instructions', () => {
  const command = (text: string) => imageSteps({ history: [step(text)], layers: [] })[0]?.command
  assert.equal(command('/bin/sh -c #(nop)  CMD ["sh"]'), 'CMD ["sh"]')
  assert.equal(command('RUN /bin/sh -c apk add git # buildkit'), 'RUN apk add git')
})
