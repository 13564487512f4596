// What tests of the S3 door share: AWS's SDK with its defaults, and requests that are signed and sent as they are.
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import { AwsClient } from 'aws4fetch'
import { credentials, endpoint } from '../cloud.ts'

/** The accounts of the sandbox's users. */
const ACCOUNTS = { helen: '000000000002', rival: '000000000003' }

export type User = keyof typeof ACCOUNTS

export const bucketOf = (user: User = 'helen') => `images_${ACCOUNTS[user]}`
export const accountOf = (user: User = 'helen') => ACCOUNTS[user]

/** Nothing is said to it but where the service is, and who asks. */
export const s3 = (user: User = 'helen') =>
  new S3Client({ endpoint, region: 'us-east-1', credentials: credentials(user), maxAttempts: 1 })

/** A key that no other test has. */
export const aKey = (suffix = '') => `${crypto.randomUUID()}${suffix}`

/** Bytes that are not all the same. */
export const someBytes = (length: number) =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 251)

/** What a command is refused with: `code status`. */
export async function refusal(command: Promise<unknown>): Promise<string> {
  try {
    await command
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.name} ${error.$metadata.httpStatusCode}`
    throw error
  }
  return 'none'
}

const signer = (user: User) => new AwsClient({ ...credentials(user), service: 's3', region: 'us-east-1', retries: 0 })

/** Sends a request signed in its headers. */
export const send = (path: string, init: RequestInit = {}, user: User = 'helen'): Promise<Response> =>
  signer(user).fetch(endpoint + path, init)

/** The URL of a request signed in its query. */
export async function link(path: string, method = 'GET', user: User = 'helen'): Promise<string> {
  const url = new URL(endpoint + path)
  if (!url.searchParams.has('X-Amz-Expires')) url.searchParams.set('X-Amz-Expires', '600')
  const signed = await signer(user).sign(url, { method, aws: { signQuery: true } })
  return signed.url
}
