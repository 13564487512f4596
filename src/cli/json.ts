// Speaks AWS's JSON protocol: an object in, signed with SigV4, and an object out.
import { AwsV4Signer } from 'aws4fetch'
import { isJsonObject, type JsonObject } from '../lib/json-object.ts'
import { Ec2Fault, Failure, networkFailure } from './errors.ts'
import type { Session } from './query.ts'

/** An operation of a service, by its target, and the service's name in signatures. */
export interface JsonOperation {
  readonly service: string
  readonly target: string
}

/**
 * Sends a request and reads its answer.
 *
 * @throws {Ec2Fault} for what the endpoint refuses
 * @throws {Failure} where it cannot be reached or does not speak the protocol
 */
export async function askJson(
  session: Session,
  { service, target }: JsonOperation,
  input: object,
): Promise<JsonObject> {
  const { url, accessKey, secretKey, region } = session.endpoint
  const body = JSON.stringify(input)
  session.trace(`POST ${url.href} ${target} ${body}`)
  const signer = new AwsV4Signer({
    method: 'POST',
    url: url.href,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body,
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
    service,
    region,
  })
  const { method, headers } = await signer.sign()
  try {
    const response = await fetch(url, { method, headers, body, redirect: 'manual', signal: session.signal })
    session.trace(`HTTP ${response.status}, request id ${response.headers.get('x-amzn-requestid') ?? 'unknown'}`)
    return answerOf(url, response, await response.text())
  } catch (error) {
    session.signal.throwIfAborted()
    throw networkFailure(url, error)
  }
}

function answerOf(url: URL, response: Response, text: string): JsonObject {
  const answer = parsed(text)
  if (response.ok && isJsonObject(answer)) return answer
  const { __type: code, message = code } = isJsonObject(answer) ? answer : {}
  if (typeof code === 'string' && typeof message === 'string') throw new Ec2Fault(code, message, response.status)
  throw new Failure(`${url.href} does not answer as AWS's JSON services do (HTTP ${response.status})`)
}

/** Undefined for what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
