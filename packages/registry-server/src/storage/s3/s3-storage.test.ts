import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { listenOnLoopback } from '@berth/stdx/testsuite'
import { openS3Storage } from './s3-storage.ts'

const credentials = { accessKeyId: 'key', secretAccessKey: 'planted-secret' }

test('openS3Storage() says which store cannot be used, and why, whatever answers there', async () => {
  for (const [status, body, said] of [
    [404, '<Error><Code>NoSuchBucket</Code></Error>', /answered 404 NoSuchBucket$/],
    [403, '<Error><Code>SignatureDoesNotMatch</Code></Error>', /answered 403 SignatureDoesNotMatch$/],
    [404, 'Not Found', /not found$/],
    [200, '<html>A page</html>', /answered no ListBucketResult$/],
  ] as const) {
    const server = createServer((_, response) => void response.writeHead(status).end(body))
    await using listening = await listenOnLoopback(server)
    const opened = openS3Storage({ bucket: 'images', endpoint: new URL(listening.url), credentials })
    await assert.rejects(opened, (error: Error & { code: string; hint: string }) => {
      assert.equal(error.code, 'unavailable')
      assert.ok(error.message.startsWith(`Cannot open ${listening.url}/images: `), error.message)
      assert.match(error.message, said)
      assert.match(error.hint, /bucket must be there already/)
      return !`${error.message} ${error.stack}`.includes('planted-secret')
    })
  }
})
