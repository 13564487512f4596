// What the account's object works with. It wires nothing by itself: whoever makes the Worker hands it down.
import type { AccessKeys } from '../auth/keys.ts'
import type { Refusals } from '../auth/policy/refusals.ts'
import type { Standings } from '../auth/standing.ts'
import type { Clients } from '../config/clients.ts'
import type { Config } from '../config/variables.ts'
import type { Call } from '../ec2/core/call.ts'
import type { Context } from '../ec2/core/context.ts'
import type { Documents } from '../ec2/core/documents.ts'
import type { IdMint } from '../ec2/core/ids.ts'
import type { SigningKeys } from '../lib/signing.ts'
import type { Meter } from '../opennebula/transport.ts'

/** Keeps the Worker alive for work that nobody waits for. */
export type Defer = (work: Promise<unknown>) => void

/** What a call's context works with. */
interface Scope {
  readonly meter: Meter
  readonly defer: Defer
  readonly shares?: boolean
}

export interface Services {
  readonly config: Config
  readonly client: Clients<Documents>
  readonly mint: IdMint
  /** For an object that outlives requests: what it waits for must not have been begun by one of them. */
  readonly ownStandings: () => Standings
  /** The issued keys, as they are in KV. */
  readonly accessKeys: AccessKeys
  readonly linkKeys: () => Promise<SigningKeys>
  /** Seals what refusals by policies say to the operator alone. */
  readonly refusals: Refusals
  /** What an action gets that answers a call. @param scope `shares` where it only reads, and many may read the same */
  readonly contextOf: (call: Call, scope: Scope) => Promise<Context>
}
