// Asks the JSON door as AWS's SDKs do.
import { AwsClient } from 'aws4fetch'
import { credentials, endpoint } from './cloud.ts'

/** The services of it, by their names in signatures: what their targets begin with. */
const prefixes = {
  ce: 'AWSInsightsIndexService',
  servicequotas: 'ServiceQuotasV20190624',
} as const

export interface JsonAnswer {
  readonly status: number
  /** The error, if it is one. */
  readonly type: string | null
  readonly body: unknown
}

/** @param keys a user of econe's, or an access key */
export async function askJson(
  service: keyof typeof prefixes,
  operation: string,
  input: object,
  keys: string | { readonly accessKeyId: string; readonly secretAccessKey: string } = 'helen',
): Promise<JsonAnswer> {
  const signer = new AwsClient({
    ...(typeof keys === 'string' ? credentials(keys) : keys),
    ...{ service, region: 'us-east-1', retries: 0 },
  })
  const response = await signer.fetch(endpoint, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${prefixes[service]}.${operation}` },
  })
  return { status: response.status, type: response.headers.get('x-amzn-errortype'), body: await response.json() }
}
