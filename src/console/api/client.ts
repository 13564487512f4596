// A client of the API: signs requests in the browser, sends them, and reads what comes back.
import { AwsV4Signer } from 'aws4fetch'
import type { Operation } from '../../protocol/model.ts'
import { readDocument, readError, readOutput } from './answer.ts'
import { Clock } from './clock.ts'
import { ApiError, isThrottled, isUnreachable, isWrongKey, UNREACHABLE } from './failure.ts'
import { type Action, type Answer, type Input, operationOf } from './model.ts'
import { parametersOf } from './parameters.ts'
import { pause } from './wait.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** An action with its input: data, from which a request or a line of the AWS CLI is made. */
export interface Call {
  readonly action: Action
  readonly input: object
}

/** A call whose input is checked against its action. */
export const call = <A extends Action>(action: A, input: Input<A>): Call => ({ action, input })

/** What a request is in the scope of its signature, and besides. */
interface Unsigned {
  readonly service: string
  readonly region: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request of S3's, whose signature says nothing of its body. */
export interface S3Unsigned {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** How often, and after how many milliseconds, what can be repeated is tried again while nobody answers. */
const RETRIES = [300, 900]

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }

export class Api {
  readonly region: string
  readonly credentials: Credentials
  readonly #clock: Clock
  readonly #signingKeys = new Map<string, ArrayBuffer>()
  readonly #refused: (error: ApiError) => void

  /** @param refused is told when the credentials do not count (any more) */
  constructor(
    credentials: Credentials,
    region: string,
    clock = new Clock(),
    refused: (error: ApiError) => void = () => {},
  ) {
    this.credentials = credentials
    this.region = region
    this.#clock = clock
    this.#refused = refused
  }

  /** The same with other credentials: what it knows of the time stays. */
  as(credentials: Credentials, refused: (error: ApiError) => void): Api {
    return new Api(credentials, this.region, this.#clock, refused)
  }

  /** The endpoint's time in milliseconds. */
  now(): number {
    return this.#clock.now()
  }

  /** Calls an action. @throws ApiError */
  async call<A extends Action>(action: A, input: Input<A>, signal?: AbortSignal): Promise<Answer<A>> {
    return (await this.send({ action, input }, signal)) as Answer<A>
  }

  /** Sends a call; gives its output as AWS types it. @throws ApiError */
  async send({ action, input }: Call, signal?: AbortSignal): Promise<unknown> {
    const operation = operationOf(action)
    const { input: whole, isRepeatable } = repeatable(operation, input)
    const body = new URLSearchParams(parametersOf(operation, whole).map(([name, value]) => [name, value])).toString()
    const { signingName: service, signingRegion: region = this.region } = operation.service
    const text = await this.#deliver({ service, region, headers: FORM, body }, isRepeatable ? RETRIES : [], signal)
    const root = readDocument(text)
    if (!root) throw new ApiError(UNREACHABLE, 'The answer is no XML.', 0)
    return readOutput(operation, root)
  }

  /**
   * Asks a service that speaks JSON, such as CloudTrail.
   * @param target what its X-Amz-Target header says
   * @throws ApiError
   */
  async json(service: string, target: string, input: object, signal?: AbortSignal): Promise<unknown> {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }
    const request = { service, region: this.region, headers, body: JSON.stringify(input) }
    return JSON.parse(await this.#deliver(request, RETRIES, signal))
  }

  /** The headers of a request of S3's with its signature. */
  async signS3(request: S3Unsigned): Promise<Headers> {
    return (await this.#sign({ service: 's3', region: this.region, ...request })).headers
  }

  #sign(request: S3Unsigned & { readonly service: string; readonly region: string; readonly body?: string }) {
    const { sessionToken, ...key } = this.credentials
    const datetime = this.#clock.signingTime()
    const signer = new AwsV4Signer({
      ...{ ...request, ...key, ...(sessionToken && { sessionToken }), datetime, cache: this.#signingKeys },
    })
    return signer.sign()
  }

  async #deliver(request: Unsigned, pauses: readonly number[], signal?: AbortSignal): Promise<string> {
    for (const milliseconds of pauses) {
      try {
        return await this.#ask(request, signal)
      } catch (error) {
        if (signal?.aborted || !(isUnreachable(error) || isThrottled(error))) throw error
      }
      await pause(milliseconds, signal)
    }
    return this.#ask(request, signal)
  }

  /** Once more where the clock of this machine was what was wrong. */
  async #ask(request: Unsigned, signal?: AbortSignal): Promise<string> {
    const signedAt = this.#clock.now()
    const first = await this.#exchange(request, signal)
    if (first.text !== undefined) return first.text
    const again =
      isWrongKey(first.error) && this.#clock.learn(first.error.message, first.date, signedAt)
        ? await this.#exchange(request, signal)
        : first
    if (again.text !== undefined) return again.text
    if (isWrongKey(again.error)) this.#refused(again.error)
    throw again.error
  }

  async #exchange({ body, headers, ...scope }: Unsigned, signal?: AbortSignal): Promise<Exchanged> {
    const signed = await this.#sign({ ...scope, method: 'POST', url: `${location.origin}/`, headers, body })
    const response = await fetch(signed.url, {
      ...{ method: 'POST', headers: signed.headers, body, signal: signal ?? null },
      ...{ credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', redirect: 'error' },
    }).catch(() => undefined)
    signal?.throwIfAborted()
    if (!response) return { error: new ApiError(UNREACHABLE, 'There is no answer.', 0), date: null }
    const text = await response.text()
    if (response.ok) return { text }
    return { error: errorIn(text, response), date: response.headers.get('date') }
  }
}

/** What came back. */
type Exchanged =
  | { readonly text: string }
  | { readonly text?: undefined; readonly error: ApiError; readonly date: string | null }

function errorIn(text: string, { status, headers }: Response): ApiError {
  const isJson = headers.get('content-type')?.includes('json')
  const told = isJson ? jsonError(JSON.parse(text) as unknown) : readError(readDocument(text))
  return new ApiError(told?.code ?? UNREACHABLE, told?.message ?? `The answer has the status ${status}.`, status)
}

function jsonError(told: unknown) {
  const { __type = '', message = '', Message = message } = told as Readonly<Record<string, string>>
  return { code: __type.replace(/^.*#/, ''), message: Message }
}

/** An input with the token by which its action may be repeated, where it takes one. */
function repeatable({ name, input: { members } }: Operation, input: object) {
  const token = members.find(({ idempotencyToken }) => idempotencyToken)?.name
  return {
    input: token === undefined ? input : { [token]: crypto.randomUUID(), ...input },
    isRepeatable: token !== undefined || /^(Describe|Get|List)/.test(name),
  }
}
