// Asks the JSON door as AWS's SDKs do.
import { AwsClient } from 'aws4fetch'
import { credentials, endpoint } from './cloud.ts'
import type { Credentials } from './signed.ts'

/** What the targets of a service's operations begin with, by its name in signatures. */
export const TARGETS = {
  ce: 'AWSInsightsIndexService',
  cloudtrail: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101',
  servicequotas: 'ServiceQuotasV20190624',
} as const

export interface JsonAnswer {
  readonly status: number
  /** The error, if it is one. */
  readonly type: string | null
  readonly headers: Headers
  readonly body: unknown
}

export interface JsonRequest {
  /** As the signature has it. */
  readonly service: string
  readonly target: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a request, and gives the answer as it came. */
export async function sendJson(
  to: string,
  keys: Credentials,
  { service, target, body, headers }: JsonRequest,
): Promise<JsonAnswer> {
  const signer = new AwsClient({ ...keys, service, region: 'us-east-1', retries: 0 })
  const response = await signer.fetch(to, {
    ...{ method: 'POST', body },
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target, ...headers },
  })
  const type = response.headers.get('x-amzn-errortype')
  return { status: response.status, type, headers: response.headers, body: await response.json() }
}

/** @param keys a user of econe's, or an access key */
export const askJson = (
  service: keyof typeof TARGETS,
  operation: string,
  input: object,
  keys: string | Credentials = 'helen',
): Promise<JsonAnswer> =>
  sendJson(endpoint, typeof keys === 'string' ? credentials(keys) : keys, {
    ...{ service, target: `${TARGETS[service]}.${operation}`, body: JSON.stringify(input) },
  })
