// What a call can fail with: OpenNebula's error answers and XML-RPC faults.

/** OpenNebula's error codes, third member of every failed answer. */
export const ErrorCode = {
  AUTHENTICATION: 256,
  AUTHORIZATION: 512,
  NO_EXISTS: 1024,
  ACTION: 2048,
  XML_RPC_API: 4096,
  INTERNAL: 8192,
  ALLOCATE: 16384,
} as const

/** An error answer `[false, "[method] message", code, objectId, -1]`; the method is put in front when it is written. */
export class OneError extends Error {
  readonly code: number
  readonly objectId: number

  constructor(code: number, message: string, objectId = -1) {
    super(message)
    this.code = code
    this.objectId = objectId
  }
}

/** XML-RPC fault codes that the front-end's XML-RPC library answers by itself. */
export const FaultCode = { TYPE: -501, PARSE: -503, NO_SUCH_METHOD: -506 } as const

/** A call that never reached OpenNebula: answered with a `<fault>`. */
export class XmlRpcFault extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** The wrong state, an object in use, a taken name. */
export const refused = (message: string): OneError => new OneError(ErrorCode.ACTION, message)

/** A template that cannot be parsed or used. */
export const internal = (message: string): OneError => new OneError(ErrorCode.INTERNAL, message)
