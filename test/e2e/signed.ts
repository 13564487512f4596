// Signed requests that are sent as they are, to any cloud.
import { AwsClient } from 'aws4fetch'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const VERSION = { Version: '2016-11-15' }

const client = (credentials: Credentials) =>
  new AwsClient({ ...credentials, service: 'ec2', region: 'us-east-1', retries: 0 })

/** A GET with the parameters in the query. */
export function signedGet(
  endpoint: string,
  credentials: Credentials,
  parameters: Record<string, string>,
): Promise<Response> {
  const query = new URLSearchParams({ ...VERSION, ...parameters })
  return client(credentials).fetch(`${endpoint}/?${query.toString()}`)
}

/** A POST with a form, or whatever `init` says. */
export function signedPost(
  endpoint: string,
  credentials: Credentials,
  parameters: Record<string, string>,
  init: RequestInit = {},
): Promise<Response> {
  const body = new URLSearchParams({ ...VERSION, ...parameters }).toString()
  return client(credentials).fetch(endpoint, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    ...init,
  })
}
