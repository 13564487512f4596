// A cloud whose operator gives accounts no buckets; and what of a request to S3 is in the log.
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { credentials, until } from '../cloud.ts'
import { type Cloud, startCloud } from '../stage.ts'
import { bucketOf, refusal } from './support.ts'

let cloud: Cloud

beforeAll(async () => {
  cloud = await startCloud({}, { BUCKET_GIB: '0' })
})
afterAll(() => cloud.stop())

it('has no S3 door, and says so to those who are let in', async () => {
  const { endpoint, harness } = cloud
  const ask = (secretAccessKey: string) => {
    const keys = { ...credentials(), secretAccessKey }
    const client = new S3Client({ endpoint, region: 'us-east-1', credentials: keys, maxAttempts: 1 })
    return refusal(client.send(new ListObjectsV2Command({ Bucket: bucketOf() })))
  }
  expect(await ask('wrong')).toBe('InvalidAccessKeyId 403')
  expect(await ask(credentials().secretAccessKey)).toBe('AccessDenied 403')
  const line = await until('the line of the log', async () =>
    harness.getLogs().find(({ message }) => message.includes('"error":"AccessDenied"')),
  )
  expect(JSON.parse(line.message)).toMatchObject({
    ...{ event: 'request', action: 's3:ListObjectsV2', user: 'helen', key: 'helen', status: 403 },
  })
})
