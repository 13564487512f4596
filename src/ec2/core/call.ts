// A call: a request that proved to be somebody's, on its way to its action.
import type { Account } from './account.ts'
import type { Signer } from './identity.ts'

/** What the key of a request may do, and what is known of the request besides what it asks for: plain data. */
export interface Grant {
  readonly accessKeyId: string
  /** In IAM's grammar; each has to allow what is asked for. */
  readonly policies: readonly GrantPolicy[]
  /** By condition keys: `aws:SourceIp`. What is not known is not there. */
  readonly said: Readonly<Record<string, string>>
}

/** A policy, and whose it is: the key's, or that of the session that temporary credentials are of. */
export interface GrantPolicy {
  readonly of: 'identity-based' | 'session'
  readonly text: string
}

/** Who makes a request, as far as it concerns what the request does. */
export interface Caller {
  readonly account: Account
  readonly signer: Signer
  /** Absent of a key that may do whatever its user may. */
  readonly grant?: Grant
  /** Numbers of the members of OpenNebula's group 0: what they own is the operator's. */
  readonly administrators: readonly number[]
}

/** By what a request came, as the account's events tell it. */
export interface Origin {
  readonly accessKeyId: string
  /** The client's address; undefined where nobody knows it. */
  readonly address: string | undefined
  /** What the client says that it is, as far as anyone would read it. */
  readonly userAgent: string | undefined
  readonly region: string
}

/** What the mechanisms around an action look at in its input. */
export interface CallInput {
  readonly ClientToken?: string
  readonly DryRun?: boolean
}

/** Plain data: a change is performed in the account's object, and so is what it is asked by. */
export interface Call extends Caller {
  readonly action: string
  /** Parsed by the schema of the action. */
  readonly input: CallInput
  readonly requestId: string
  readonly origin: Origin
  /** Scheme and host that the client names. */
  readonly endpoint: string
  /** When it has to be answered; milliseconds since 1970. What is not known by then goes on by itself. */
  readonly deadline?: number | undefined
}
