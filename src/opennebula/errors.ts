// What can go wrong between us and an OpenNebula front-end, as four kinds of error.

const CODES: Readonly<Record<number, OneCode>> = {
  256: 'AUTHENTICATION',
  512: 'AUTHORIZATION',
  1024: 'NO_EXISTS',
  2048: 'ACTION',
  4096: 'XML_RPC_API',
  8192: 'INTERNAL',
  16384: 'ALLOCATE',
  32768: 'LOCKED',
  65536: 'REPLICATION',
}

/** OpenNebula's own names for its failure codes. ACTION: wrong state, in use, or a taken name. */
export type OneCode =
  | 'AUTHENTICATION'
  | 'AUTHORIZATION'
  | 'NO_EXISTS'
  | 'ACTION'
  | 'XML_RPC_API'
  | 'INTERNAL'
  | 'ALLOCATE'
  | 'LOCKED'
  | 'REPLICATION'

/**
 * OpenNebula understood the call and said no: `[false, message, code, object id, …]`. Nothing was changed.
 * The message is OpenNebula's own English and may quote what was sent (a URL, a name): not for EC2 callers as it is.
 * @see https://docs.opennebula.io/7.0/product/integration_references/system_interfaces/api/
 */
export class OneError extends Error {
  override readonly name = 'OneError'
  readonly method: string
  /** A code that OpenNebula does not document counts as INTERNAL. */
  readonly code: OneCode
  /** The object that is missing or in the way, where OpenNebula names it. */
  readonly objectId: number | undefined

  constructor(method: string, code: number, message: string, objectId?: number) {
    super(message)
    this.method = method
    this.code = CODES[code] ?? 'INTERNAL'
    this.objectId = objectId !== undefined && objectId >= 0 ? objectId : undefined
  }
}

/** The front-end could not make sense of the call (XML-RPC fault: -501 types, -503 bad XML, -506 no such method). */
export class OneFault extends Error {
  override readonly name = 'OneFault'
  readonly method: string
  readonly faultCode: number

  constructor(method: string, faultCode: number, message: string) {
    super(message)
    this.method = method
    this.faultCode = faultCode
  }
}

/** Whether a call that got no proper answer may have taken effect all the same. */
export type CallOutcome = 'none' | 'unknown'

/** Why there is no proper answer; `refused` is an HTTP status of the front-end or of a proxy before it. */
export type Unavailability = 'timeout' | 'unreachable' | 'refused' | 'malformed' | 'too-large'

/** No proper answer: OpenNebula is down, slow, or talks nonsense. Its message never holds a session or the URL. */
export class OneUnavailable extends Error {
  override readonly name = 'OneUnavailable'
  readonly reason: Unavailability
  readonly outcome: CallOutcome
  /** HTTP status, where there was one other than 200. */
  readonly status: number | undefined
  /** What was called. */
  readonly methods: string | undefined

  constructor(
    reason: Unavailability,
    outcome: CallOutcome,
    message: string,
    { status, methods }: { readonly status?: number; readonly methods?: string | undefined } = {},
  ) {
    super(message)
    this.reason = reason
    this.outcome = outcome
    this.status = status
    this.methods = methods
  }
}

/** The value cannot be written for OpenNebula without changing its meaning; nothing was sent. */
export class UnsafeValue extends Error {
  override readonly name = 'UnsafeValue'
}

/** An answer that is not what the protocol says. Internal: leaves this folder as a `OneUnavailable`. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer'
}
