// AWS's JSON protocol, as CloudTrail and services of its time speak it: a target in a header, an object in, an object or an
// error out.
// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
import { excerpt } from '../lib/excerpt.ts'
import { isJsonObject, type JsonObject } from '../lib/json-object.ts'
import type { Ec2Error, ErrorCode } from './errors.ts'

/** Where a request says what it asks for: `ServicePrefix.Operation`. */
const TARGET = 'x-amz-target'

const TYPE = 'application/x-amz-json-'

/** Whether a request is of this protocol. */
export const isJson = ({ method, headers }: Pick<Request, 'method' | 'headers'>): boolean =>
  method === 'POST' && (headers.has(TARGET) || (headers.get('content-type') ?? '').toLowerCase().startsWith(TYPE))

/** What a request asks for; both parts are empty where it does not say. */
export function targetOf({ headers }: Pick<Request, 'headers'>): {
  readonly prefix: string
  readonly operation: string
} {
  const target = headers.get(TARGET) ?? ''
  const dot = target.lastIndexOf('.')
  return dot < 0
    ? { prefix: '', operation: target }
    : { prefix: target.slice(0, dot), operation: target.slice(dot + 1) }
}

/** An error of this protocol: services have their own codes. Its message is what the caller reads. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, { status = 400, cause }: { status?: number; cause?: unknown } = {}) {
    super(message, { cause })
    this.code = code
    this.status = status
  }
}

/** What the protocol calls an error that EC2's has another name for; the others are a ValidationException. */
const CODES: { readonly [Code in ErrorCode]?: string } = {
  AccessDenied: 'AccessDeniedException',
  AuthFailure: 'UnrecognizedClientException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  RequestExpired: 'InvalidSignatureException',
  IncompleteSignature: 'IncompleteSignatureException',
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  UnauthorizedOperation: 'AccessDeniedException',
  RequestLimitExceeded: 'ThrottlingException',
}

/** An error of another part of the endpoint in this protocol's words. */
export function toJsonError({ code, message, status }: Ec2Error): JsonError {
  const known = CODES[code]
  if (known !== undefined) return new JsonError(known, message)
  if (status === 413) return new JsonError('RequestEntityTooLargeException', message, { status })
  if (status === 503) return new JsonError('ServiceUnavailableException', message, { status })
  return status < 500
    ? new JsonError('ValidationException', message)
    : new JsonError('InternalFailure', message, { status })
}

export const writeJson = (output: object, requestId: string): Response => respond(output, 200, requestId)

export function writeJsonError({ code, message, status }: JsonError, requestId: string): Response {
  const response = respond({ __type: code, message }, status, requestId)
  response.headers.set('x-amzn-errortype', code)
  return response
}

function respond(body: object, status: number, requestId: string): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': requestId,
      'cache-control': 'no-cache, no-store',
    },
  })
}

/** The object in a body; an empty body is an empty one. @throws JsonError SerializationException */
export function readJson(body: Uint8Array): JsonObject {
  let value: unknown
  try {
    value =
      body.byteLength === 0 ? {} : JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body))
  } catch {
    throw unreadable('The body is no JSON.')
  }
  if (!isJsonObject(value)) throw unreadable('The body is no JSON object.')
  return value
}

const unreadable = (sentence: string) => new JsonError('SerializationException', sentence)

/** Reads members of an object by their types; null counts as nothing, as AWS has it. Every method throws JsonError. */
export class Members {
  readonly #object: JsonObject
  readonly #path: string

  /** @param known the names of all members that there may be */
  constructor(object: JsonObject, known: readonly string[], path = '') {
    this.#object = object
    this.#path = path
    const unknown = Object.keys(object).find(name => !known.includes(name))
    if (unknown !== undefined) {
      throw new JsonError('ValidationException', `The parameter ${this.#path}${excerpt(unknown)} is not recognized`)
    }
  }

  string(name: string): string | undefined {
    return this.#typed(name, 'a string', value => typeof value === 'string')
  }

  /** A string that has to be there. */
  required(name: string): string {
    return this.string(name) ?? this.#missing(name)
  }

  number(name: string): number | undefined {
    return this.#typed(name, 'a number', value => typeof value === 'number')
  }

  /** A time, in milliseconds since 1970: the protocol has seconds. */
  time(name: string): number | undefined {
    const seconds = this.number(name)
    return seconds === undefined ? undefined : seconds * 1000
  }

  /** A list of strings. */
  strings(name: string): readonly string[] {
    const isStrings = (value: unknown): value is readonly string[] =>
      Array.isArray(value) && value.every(item => typeof item === 'string')
    return this.#typed(name, 'a list of strings', isStrings) ?? []
  }

  /** An object. */
  object(name: string, known: readonly string[]): Members | undefined {
    const object = this.#typed(name, 'an object', isJsonObject)
    return object && new Members(object, known, `${this.#path}${name}.`)
  }

  /** Whether a member is there. */
  has(name: string): boolean {
    return (this.#object[name] ?? undefined) !== undefined
  }

  /** A list of objects. */
  objects(name: string, known: readonly string[]): readonly Members[] {
    const list = this.#typed(name, 'a list', value => Array.isArray(value)) ?? []
    return list.map((item: unknown) => {
      if (!isJsonObject(item)) throw this.#mismatch(name, 'a list of objects')
      return new Members(item, known, `${this.#path}${name}.`)
    })
  }

  #typed<T>(name: string, what: string, is: (value: unknown) => value is T): T | undefined {
    const value = this.#object[name] ?? undefined
    if (value === undefined) return undefined
    if (!is(value)) throw this.#mismatch(name, what)
    return value
  }

  #missing(name: string): never {
    const path = `${this.#path}${name.charAt(0).toLowerCase()}${name.slice(1)}`
    throw new JsonError(
      'ValidationException',
      `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
    )
  }

  #mismatch = (name: string, what: string) => unreadable(`The parameter ${this.#path}${name} has to be ${what}.`)
}
