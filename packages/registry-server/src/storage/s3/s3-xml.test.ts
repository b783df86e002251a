import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  formatCompletion,
  formatDeletion,
  parseErrorCode,
  parseListing,
  parsePartsUploads,
  textOf,
} from './s3-xml.ts'

test('parseListing() reads objects and where the next page begins', () => {
  const xml = `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>
    <IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken>
    <Contents><Key>x/&lt;1&gt;</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>&quot;e&quot;</ETag>
    <Size>12</Size><Owner><ID>o</ID></Owner></Contents>
    <Contents><Key>y</Key><LastModified>2026-01-02T03:04:05Z</LastModified><Size>0</Size></Contents></ListBucketResult>`
  assert.deepEqual(parseListing(xml), {
    objects: [
      { key: 'x/<1>', sizeBytes: 12, modifiedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678) },
      { key: 'y', sizeBytes: 0, modifiedAt: Date.UTC(2026, 0, 2, 3, 4, 5) },
    ],
    next: 'a&b',
  })
  assert.deepEqual(parseListing('<ListBucketResult><Contents/></ListBucketResult>'), {
    objects: [],
    next: undefined,
  })
})

test('parsePartsUploads() reads what was begun and not ended', () => {
  const upload =
    '<Upload><Key>k</Key><UploadId>2~u</UploadId><Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload>'
  const xml = `<ListMultipartUploadsResult>${upload}</ListMultipartUploadsResult>`
  const begunAt = Date.UTC(2026, 0, 2, 3, 4, 5)
  assert.deepEqual(parsePartsUploads(xml), [{ key: 'k', uploadId: '2~u', begunAt }])
})

test('parseErrorCode() finds the code of an error alone', () => {
  assert.equal(parseErrorCode('<Error><Code>NoSuchKey</Code><Key>k</Key></Error>'), 'NoSuchKey')
  assert.equal(parseErrorCode('<CopyObjectResult><ETag>x</ETag></CopyObjectResult>'), '')
  assert.equal(parseErrorCode('<html>Bad gateway'), '')
})

test('what is written is read back', () => {
  const tag = '"a&b<c>"'
  assert.equal(textOf(String(formatCompletion([tag])), 'ETag'), tag)
  const { body, headers } = formatDeletion(["it's", 'b'])
  assert.equal(textOf(String(body), 'Key'), "it's")
  assert.match(headers['Content-MD5'] ?? '', /^[\w+/]{22}==$/)
})
