import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readCredentialsFile } from './credentials-file.ts'

const text = `# of the hub
[default]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = planted+secret/with=signs

  [other]
aws_access_key_id=OTHER
aws_secret_access_key=planted-other
aws_session_token=planted-token
[half]
aws_access_key_id=HALF
`

function withFile(content: string, action: (path: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'berth-credentials-'))
  try {
    const path = join(directory, 'credentials')
    writeFileSync(path, content)
    action(path)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test('readCredentialsFile() reads the profile that is asked for', () =>
  withFile(text, (path) => {
    assert.deepEqual(readCredentialsFile(path), {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'planted+secret/with=signs',
      sessionToken: undefined,
    })
    assert.deepEqual(readCredentialsFile(path, 'other'), {
      accessKeyId: 'OTHER',
      secretAccessKey: 'planted-other',
      sessionToken: 'planted-token',
    })
  }))

test('readCredentialsFile() says what is wrong with a file and nothing that is in it', () =>
  withFile(text, (path) => {
    const refused = [
      [path, 'half', /has no aws_access_key_id and aws_secret_access_key/],
      [path, 'missing', /has no profile "missing"/],
      [`${path}-not`, 'default', /ENOENT/],
    ] as const
    for (const [file, profile, reason] of refused)
      assert.throws(
        () => readCredentialsFile(file, profile),
        (error: Error & { code?: string }) =>
          error.code === 'invalid-argument' && reason.test(error.message) && !/planted/.test(error.message),
      )
  }))
