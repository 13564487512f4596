// What a row of the list of actions says: its function, what becomes of its input, and what AWS's schema does not say of it.
import type { HarmlessValue, Treatment } from '../../protocol/treatment.ts'
import type { AwsAction, Input, ModelNotes, Output } from '../model/types.ts'
import type { ChangeContext, Context } from './context.ts'
import type { About } from './permissions.ts'

// The functions of rows are methods, so that rows of different actions stand in one table: each is only ever given the
// input that was parsed by its own schema.

/** Answered wherever the request arrives. */
interface Read<I, O> {
  read(input: I, context: Context): Promise<O>
}

/** Runs in the account's Durable Object. */
interface Change<I, O> {
  change(input: I, context: ChangeContext): Promise<O>
  /** What a repeat with the client token of an earlier request is answered with, given what that remembered. */
  replay?(memo: object, context: Context): Promise<O>
}

type Plain = string | number | boolean | Date | Uint8Array
type Item<T> = T extends readonly (infer I)[] ? I : T

/** The members of an input by their paths: `Placement`, `Placement.Tenancy`. */
type Path<T> = T extends Plain
  ? never
  : {
      [K in keyof T & string]: K | `${K}.${Path<Item<NonNullable<T[K]>>>}`
    }[keyof T & string]

/** Every path exists: a member that AWS does not have, or no more, does not compile. */
export interface TreatmentOf<I> extends Treatment {
  readonly honours: readonly Path<I>[]
  readonly harmless?: { readonly [P in Path<I>]?: readonly HarmlessValue[] }
}

/** An action that is econe's own takes a form with a file, and has a door of its own (edge/upload.ts). */
interface Form {
  readonly answeredAs: AwsAction
  /** What its door has the account do besides the action itself. No model has their names, so that nobody can ask for them. */
  readonly steps: Readonly<Record<string, AnyChange>>
}

/** Actions without an output of their own answer `<return>true</return>`. */
type Answer<A extends AwsAction> = Output<A> | undefined

/** A row whose function takes and gives what AWS's schema of that name has. */
type AwsRow<A extends AwsAction> = (Read<Input<A>, Answer<A>> | Change<Input<A>, Answer<A>>) &
  TreatmentOf<Input<A>> &
  About<Path<Input<A>>> &
  Told & { readonly optional?: readonly (keyof Input<A>)[]; readonly returnsTrue?: true }

/** What the documentation tells of an action that is answered the same whatever there is. */
interface Told {
  /** What the answer is, or that it is refused, and why: to follow a colon. */
  readonly static?: string
}

/** The row of an action that is econe's own. What it takes was made by its door. */
interface OwnRow extends Change<object, object>, Treatment, About<never> {
  readonly honours: readonly []
  readonly form: Form
}

type OwnAction = 'UploadImage'

/** Rows by the names of their actions: what neither AWS nor econe has does not compile. */
export type ActionTable = { readonly [A in AwsAction]?: AwsRow<A> } & { readonly [A in OwnAction]?: OwnRow }

/** A change of any kind, as those see it who only run it. */
export type AnyChange = Change<object, object | undefined>

/** A row of any action, as those see it who only look something up in it. */
export type AnyAction = (Read<object, object | undefined> | AnyChange) &
  Treatment &
  About<string> &
  Told &
  ModelNotes & { readonly form?: Form }
