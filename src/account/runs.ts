// A run of a change in the account's object: which function it is, and what comes of it.
import { changes } from '../ec2/actions.ts'
import type { Context } from '../ec2/core/context.ts'
import type { Meter } from '../opennebula/transport.ts'
import type { ToldError } from '../protocol/errors.ts'

/** How it went. Errors cross as data: a thrown one would lose its code on the way. */
export type Performed = { readonly meter: Meter } & (
  | { readonly output: object | undefined; readonly error?: undefined }
  | { readonly error: Refused }
)

/** An error, and for the log what is behind one that is not the caller's. */
interface Refused extends ToldError {
  readonly cause?: string | undefined
}

/** What a run tells besides its output. */
export interface Noted {
  readonly remember: (memo: object) => void
  /** From here on something may come about. */
  readonly begin: () => void
}

/** What came of a run. */
export interface Ran {
  readonly output: object | undefined
  /** What a repeat is answered from, where that is not the output itself. */
  readonly memo?: object | undefined
}

export function changeOf(action: string) {
  const row = changes.get(action)
  if (!row) throw new TypeError(`${action} is no change`)
  return row
}

export async function replay(action: string, memo: object, context: Context): Promise<object | undefined> {
  const row = changeOf(action)
  if (!row.replay) throw new TypeError(`${action} remembers nothing`)
  return row.replay(memo, context)
}
