// How an action is registered: its function, and whether it changes anything.
import type { ChangeContext, Context } from './context.ts'
import type { Action, Input, Output } from './model/types.ts'

/** Answered wherever the request arrives. */
export interface Read<I, O> {
  readonly changes: false
  readonly run: (input: I, context: Context) => Promise<O>
}

/** Runs in the account's Durable Object. */
export interface Change<I, O> {
  readonly changes: true
  readonly run: (input: I, context: ChangeContext) => Promise<O>
}

/** Actions without an output of their own answer `<return>true</return>`. */
type Answer<A extends Action> = Output<A> | undefined

/** The table of all actions: each function takes and gives what AWS's schema of that name has. */
export type ActionTable = {
  readonly [A in Action]: Read<Input<A>, Answer<A>> | Change<Input<A>, Answer<A>>
}

export const read = <I, O>(run: Read<I, O>['run']): Read<I, O> => ({ changes: false, run })

export const change = <I, O>(run: Change<I, O>['run']): Change<I, O> => ({ changes: true, run })
