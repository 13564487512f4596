// How an action is registered: its function, and whether it changes anything.

import type { Action, Input, Output } from '../model/types.ts'
import type { ChangeContext, Context } from './context.ts'

/**
 * Answered wherever the request arrives.
 *
 * The functions of rows are methods, so that rows of different actions stand in one table: each is only ever given the
 * input that was parsed by its own schema.
 */
export interface Read<I, O> {
  readonly changes: false
  run(input: I, context: Context): Promise<O>
}

/** Runs in the account's Durable Object. */
export interface Change<I, O, Memo = never> {
  readonly changes: true
  run(input: I, context: ChangeContext): Promise<O>
  /** What a repeat with the client token of an earlier request is answered with, given what that remembered. */
  replay?(memo: Memo, context: Context): Promise<O>
}

/** Actions without an output of their own answer `<return>true</return>`. */
type Answer<A extends Action> = Output<A> | undefined

/** The table of all actions: each function takes and gives what AWS's schema of that name has. */
export type ActionTable = {
  readonly [A in Action]: Read<Input<A>, Answer<A>> | Change<Input<A>, Answer<A>, object>
}

/** An action of any kind, as those see it who only run it. */
export type AnyAction = Read<object, object | undefined> | AnyChange
export type AnyChange = Change<object, object | undefined, object>

export const read = <I, O>(run: Read<I, O>['run']): Read<I, O> => ({ changes: false, run })

export const change = <I, O, Memo extends object>(
  run: Change<I, O>['run'],
  replay?: Change<I, O, Memo>['replay'],
): Change<I, O, Memo> => ({ changes: true, run, ...(replay && { replay }) })
