// Speaks the EC2 Query protocol: one POST form, signed with SigV4, answered in XML.
import { AwsV4Signer } from 'aws4fetch'
import { type Answer, readAnswer } from './answer.ts'
import type { Endpoint } from './endpoint.ts'
import { Ec2Fault, Failure, networkFailure } from './errors.ts'
import type { Terminal } from './program.ts'

/** Parameters of an EC2 request as data; lists are numbered and structures dotted when they are sent. */
export interface Ec2Parameters {
  readonly [name: string]: Ec2Parameter
}
export type Ec2Parameter = string | readonly Ec2Parameter[] | Ec2Parameters

/** What one command needs to talk to its endpoint. */
export interface Session {
  readonly endpoint: Endpoint
  /** Aborted when the user presses Ctrl-C. */
  readonly signal: AbortSignal
  /** Where progress is shown, if somebody is watching. */
  readonly terminal: Terminal
  /** Tells of requests and answers where the user wants to know. */
  readonly trace: (line: string) => void
}

/** A service behind the endpoint: its name in signatures and the version of its API. */
export interface Service {
  readonly name: string
  readonly version: string
}

export const EC2: Service = { name: 'ec2', version: '2016-11-15' }
export const STS: Service = { name: 'sts', version: '2011-06-15' }

/**
 * Sends a request and reads its answer.
 *
 * @throws {Ec2Fault} for what the endpoint refuses
 * @throws {Failure} where it cannot be reached or is no EC2 endpoint
 */
export async function query(
  session: Session,
  action: string,
  parameters: Ec2Parameters,
  service: Service = EC2,
): Promise<Answer> {
  const { url, accessKey, secretKey, region } = session.endpoint
  const form = new URLSearchParams({ Action: action, Version: service.version, ...flatten(parameters) })
  session.trace(`POST ${url.href} ${[...form].map(([name, value]) => `${name}=${value}`).join(' ')}`)
  const body = form.toString()
  const signer = new AwsV4Signer({
    method: 'POST',
    url: url.href,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body,
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
    service: service.name,
    region,
  })
  const { method, headers } = await signer.sign()
  return exchange(session, { method, headers, body })
}

/** As {@link query}, for a list that may come in pages. */
export async function queryPages(session: Session, action: string, parameters: Ec2Parameters): Promise<Answer[]> {
  const pages = [await query(session, action, parameters)]
  for (let token = pages[0]?.text('nextToken'); token; token = pages.at(-1)?.text('nextToken')) {
    pages.push(await query(session, action, { ...parameters, NextToken: token }))
  }
  return pages
}

/** Sends a signed request and reads its answer; throws as {@link query} does. */
export async function exchange(session: Session, request: RequestInit): Promise<Answer> {
  const { url } = session.endpoint
  try {
    // A redirect would turn the POST into a GET, and the signature is for this host alone.
    const response = await fetch(url, { redirect: 'manual', signal: session.signal, ...request })
    const body = await response.text()
    session.trace(`HTTP ${response.status}, request id ${response.headers.get('x-amzn-requestid') ?? 'unknown'}`)
    return confirmed(readAnswer(url, response, body))
  } catch (error) {
    session.signal.throwIfAborted()
    if (error instanceof Ec2Fault) session.trace(`${error.code} (HTTP ${error.status})`)
    throw networkFailure(url, error)
  }
}

/** Some actions have a way of saying no without an error. */
function confirmed(answer: Answer): Answer {
  if (answer.text('return') === 'false') throw new Failure('the endpoint answers that it was not done')
  return answer
}

/** Nested parameters by their dotted names: `{ Tag: [{ Key: 'a' }] }` → `{ 'Tag.1.Key': 'a' }`. */
export function flatten(parameters: Ec2Parameters): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).flatMap(([name, value]) => dotted(name, value)))
}

function dotted(name: string, value: Ec2Parameter): [string, string][] {
  if (typeof value === 'string') return [[name, value]]
  if (isList(value)) return value.flatMap((item, index) => dotted(`${name}.${index + 1}`, item))
  return Object.entries(value).flatMap(([member, item]) => dotted(`${name}.${member}`, item))
}

/** `Array.isArray` does not know read-only arrays. */
function isList(value: readonly Ec2Parameter[] | Ec2Parameters): value is readonly Ec2Parameter[] {
  return Array.isArray(value)
}
