import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { openFakeEngine } from './fixtures/fake-engine.ts'
import { recordCases } from './fixtures/record-cases.ts'
import { renderCase } from './fixtures/render-case.ts'
import { type Rendered, runDocker, type TemplateCase } from './fixtures/run-docker.ts'
import { plainValue } from './go-value.ts'
import { parseTemplate, renderTemplate } from './render-template.ts'
import { TemplateError } from './template-error.ts'

/** What the stock client of Docker 28 printed for each template; a new one needs `{ "subject", "template" }` alone. */
const table = new URL('fixtures/cases.json', import.meta.url)
const cases = JSON.parse(readFileSync(table, 'utf8')) as TemplateCase[]
/** Set to write the table anew. */
const isRecording = process.env['RECORD_TEMPLATES'] !== undefined

/** The stock client passes the output of `version` through a table, which drops spaces at the ends of lines. */
const comparable = ({ output, error }: Rendered) => ({
  output: output?.replaceAll(/[ \t]+$/gm, '').trimEnd(),
  error,
})

function show({ subject, template }: TemplateCase): string {
  return `${subject} -f ${JSON.stringify(template)}`
}

test("render() prints what Docker's client prints", () => {
  assert.ok(cases.length >= 200)
  for (const one of cases) assert.deepEqual(comparable(renderCase(one)), comparable(one), show(one))
})

function hasDocker(): boolean {
  try {
    return execFileSync('docker', ['--version'], { encoding: 'utf8' }).includes('version 28.')
  } catch {
    return false
  }
}

test(
  "the table is what Docker's client prints",
  { skip: hasDocker() ? false : 'no docker 28 on PATH' },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-template-'))
    const socketPath = join(directory, 'engine.sock')
    try {
      await using _engine = await openFakeEngine(socketPath)
      if (isRecording) return await recordCases(table, cases, socketPath)
      // Every second one, for time; recording goes through all of them.
      const rest = cases.filter((_, index) => index % 2 === 0)[Symbol.iterator]()
      const worker = async () => {
        for (const one of rest) {
          assert.deepEqual(comparable(await runDocker(socketPath, one)), comparable(one), show(one))
        }
      }
      await Promise.all([worker(), worker(), worker(), worker()])
    } finally {
      rmSync(directory, { recursive: true })
    }
  },
)

test('render() of raw JSON prints numbers as Go prints float64, whole ones beyond 2^53 exactly', () => {
  const data = plainValue({ million: 1e6, half: 0.5, exact: 9007199254740993n })
  assert.equal(
    renderTemplate('{{.million}} {{.half}} {{.exact}} {{json .}}', data),
    '1e+06 0.5 9007199254740993 {"exact":9007199254740993,"half":0.5,"million":1000000}',
  )
})

test('render() leaves headings as they are', () => {
  const data = plainValue({ ID: 'CONTAINER ID' })
  const template = parseTemplate(
    '{{upper .ID}}|{{truncate .ID 3}}|{{join .ID ","}}|{{json .ID}}|{{split .ID " "}}',
  )
  assert.equal(
    template.render(data, { functions: 'heading' }),
    'CONTAINER ID|CONTAINER ID|CONTAINER ID|CONTAINER ID|CONTAINER ID',
  )
})

test('a template that calls itself for ever ends with an error', () => {
  assert.throws(() => renderTemplate('{{define "r"}}{{template "r"}}{{end}}{{template "r"}}', undefined), {
    name: 'TemplateError',
    stage: 'execute',
    message: /exceeded maximum template depth/,
  })
})

test('any text either renders or is refused with a TemplateError', () => {
  const words = [
    '{{',
    '}}',
    '{{-',
    '-}}',
    'if',
    'else',
    'end',
    'range',
    'with',
    'define',
    'template',
    'block',
    'break',
  ]
  const more = [
    '.A',
    '.',
    '$',
    '$x',
    ':=',
    '=',
    '|',
    '(',
    ')',
    '"a"',
    '`b`',
    "'c'",
    '1',
    '-2.5',
    '0x',
    'nil',
    'true',
    ' ',
  ]
  const functions = [
    'printf',
    'index',
    'len',
    'slice',
    'eq',
    'lt',
    'and',
    'json',
    'join',
    'pad',
    'html',
    '"%*[1]d"',
    ',',
    '\n',
  ]
  const texts = fc.array(
    fc.oneof(fc.constantFrom(...words, ...more, ...functions), fc.string({ maxLength: 3 })),
  )
  const data = plainValue({ A: { B: ['x', 1, null] } })
  fc.assert(
    fc.property(texts, (parts) => {
      try {
        assert.equal(typeof renderTemplate(parts.join(''), data), 'string')
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error
        assert.match(error.message, /^template: :\d+/)
      }
    }),
    { numRuns: 2000 },
  )
})

test('text without actions comes out as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!text.includes('{{'))
      assert.equal(renderTemplate(text, undefined), text)
    }),
  )
})
