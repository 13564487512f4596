// What a service of the JSON door is.
import type { Caller } from '../ec2/core/call.ts'
import type { JsonObject } from '../lib/json-object.ts'
import type { EdgeContext } from './context.ts'

/** A service of this protocol. */
export interface JsonService {
  /** Its name in signatures. */
  readonly signingName: string
  /** What its targets begin with, before the dot. */
  readonly prefix: string
  /** Answers by the names of operations. @throws JsonError | Ec2Error */
  readonly operations: Readonly<Record<string, (input: JsonObject, caller: Caller, c: EdgeContext) => Promise<object>>>
  /** Operations that AWS has and this endpoint has not, separated by white space; and why. */
  readonly unserved: string
  readonly why: string
}
