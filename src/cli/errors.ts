// What can go wrong, in words for a person at a shell. Whatever is not one of these is a defect of the program.

/** Ends the command with its message. */
export class Failure extends Error {
  override readonly name: string = 'Failure'
}

/** The command line is wrong; the message is followed by a hint to the help. */
export class UsageError extends Failure {
  override readonly name = 'UsageError'
}

/** The endpoint said no, in EC2's form. */
export class Ec2Fault extends Failure {
  override readonly name = 'Ec2Fault'
  /** EC2's code, such as `InvalidAMIID.NotFound`. */
  readonly code: string
  /** HTTP status. */
  readonly status: number

  constructor(code: string, message: string, status: number) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** Ctrl-C, where there is more to say of it. */
export class Interrupted extends Failure {
  override readonly name = 'Interrupted'
}

/** Node's and undici's codes of network errors. Those of certificates are sentences already. */
const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'the host name cannot be looked up at present',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ETIMEDOUT: 'timed out',
  UND_ERR_CONNECT_TIMEOUT: 'timed out',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped half-way',
}

/** Why a request failed, found among the causes that `fetch` wraps around one another. */
export function networkFailure(url: URL, error: unknown): Failure {
  if (error instanceof Failure) return error
  if (!(error instanceof Error)) return new Failure(`cannot reach ${url.href}: ${String(error)}`)
  const reason = 'code' in error && typeof error.code === 'string' ? NETWORK_WORDS[error.code] : undefined
  if (reason === undefined && error.cause !== undefined) return networkFailure(url, error.cause)
  return new Failure(`cannot reach ${url.href}: ${reason ?? error.message}`)
}
