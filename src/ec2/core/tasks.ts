// Tasks: what an account has accepted and is finished after the answer. A kind of task lives beside its resource; nothing
// here, nor in the account's object, knows any of them.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import type { Account } from './account.ts'
import type { OneWriter } from './documents.ts'
import type { IdMint } from './ids.ts'
import type { Used } from './usage.ts'

/** Something to be done: plain data, kept as a row of the account's object until it is finished. */
export interface Task {
  /** The kind it is of. */
  readonly kind: string
  /** What is wanted of its object, in a word, where the kind has several. */
  readonly wanted?: string
}

/** A task, and when it was accepted: milliseconds since 1970. */
export type Pending<T extends Task = Task> = T & { readonly since: number }

/** What an operator is told of a task. */
export interface UnfinishedTask {
  readonly kind: string
  /** What tells it from the others of its kind: mostly the id of its object, or the number. */
  readonly id: string
  /** What is wanted of its object, in a word, where the kind has several. */
  readonly wanted?: string
  /** When it was accepted; milliseconds since 1970. */
  readonly since: number
  /** When it is looked after next; milliseconds since 1970. Absent where only a later release knows how. */
  readonly next?: number
}

/** What has no client token is not repeated; but while it runs it needs its time; milliseconds. */
const RUNS_FOR = 60 * 1000

/** For so long a repeat of a request may be on its way; milliseconds. */
const REPEATED_WITHIN = 15 * 60 * 1000

/** From when on a request that has begun something is not waited for any more. @param since milliseconds */
export const requestEndsBy = ({
  repeatable,
  since,
}: {
  readonly repeatable?: boolean
  readonly since: number
}): number => since + (repeatable ? REPEATED_WITHIN : RUNS_FOR)

/** For so long a call whose connection broke may take effect; milliseconds. */
export const LATE_WITHIN = 10 * 60 * 1000

/** What tasks are reconciled with. */
export interface Tools {
  readonly one: OneWriter
  readonly account: Account
  readonly mint: IdMint
  readonly now: () => number
  /** Milliseconds for which OpenNebula may begin to fetch an uploaded image. */
  readonly importWithin: number
  /** Deletes staged objects, and ends holds. */
  readonly unstage: (keys: string[]) => Promise<void>
  /** Deletes objects of the account's bucket that are still what was imported, and were uploaded for that alone. */
  readonly discardUsed: (objects: readonly { readonly key: string; readonly etag: string }[]) => void
}

/** A task that OpenNebula refuses for good: it is over, and what it was about is as if nobody had asked. */
export interface Refused {
  readonly task: Task
  readonly error: Error
  /** What was accepted, for the account's events. */
  readonly asked: Accepted
}

/** A request, as far as its task knows it. */
export interface Accepted {
  readonly action: string
  /** Members of its input: the ids of what it was about. */
  readonly input: object
}

/** How far a round came. */
export interface Progress {
  readonly finished: readonly Task[]
  /** Finished as well, and told of to the account by an event. */
  readonly refused?: readonly Refused[] | undefined
  /** Tasks that are new, or have changed, of any kind. */
  readonly begun: readonly Task[]
}

/**
 * A kind of task: how its tasks are told apart, locked, ripe, and done in rounds.
 *
 * Members are methods, so that kinds of different tasks stand in one list: each is only ever given its own.
 */
export interface TaskKind<T extends Task> {
  readonly kind: T['kind']
  /** What tells a task from the others of its kind: there is one for each object. */
  id(task: T): string | number
  /** The locks under which it is reconciled, where others may want something else of its objects. */
  locks?(task: T): string[]
  /**
   * Until when it is the affair of the request that began it, or of calls that may yet take effect; milliseconds since
   * 1970. Undefined where it is not, or no more.
   */
  restsUntil?(task: Pending<T>): number | undefined
  /** Of two tasks for one object the weightier counts; 0 where absent. */
  weight?(task: T): number
  /** Whether its time begins anew with it, though there was one for the object before. */
  isAnother?(task: T, earlier: T): boolean
  /** Whether tasks of it stay for as long as what they are about does: nothing is unfinished then. */
  readonly stays?: boolean
  /** What is there no more, for reports of usage, from the moment the task is accepted. */
  used?(task: T): Used | undefined
  /** Whether what it is about is to go, and counts no more in such reports though OpenNebula has it yet. */
  ends?(task: T): boolean
  /** One round: looks how things stand, and asks OpenNebula (again) for what is open. */
  reconcile(tasks: readonly Pending<T>[], tools: Tools): Promise<Progress>
  /** What is still said of what tasks were about when they are given up; only kinds that have this end by their age. */
  giveUp?(tasks: readonly T[], tools: Tools): readonly WriteCall[] | Promise<readonly WriteCall[]>
  /** What becomes of a task when its request has failed, and will not be repeated; undefined where that changes nothing. */
  fail?(task: T, request: string, now: number): T | undefined
  /** The request whose client token is free again with this task: nothing of the request is left. */
  frees?(task: T): string | undefined
  /** The key of the staged object, or of the hold, that the task looks after. */
  staged?(task: T): string | undefined
}

/** The tasks of an account, as an action may use them. */
export interface Tasks {
  /** Accepts tasks: what OpenNebula would not do at this moment, or what may break off. One an object counts. */
  begin<T extends Task>(tasks: readonly T[]): Promise<void>
  /** Takes tasks back: they are finished, or the caller wants something else now. */
  end<T extends Task>(tasks: readonly T[]): Promise<void>
  /** Those of a kind that are under way. */
  of<T extends Task>(kind: Pick<TaskKind<T>, 'kind' | 'id'>): readonly Pending<T>[]
  /** A round for all of them, at once. */
  reconcile(): Promise<void>
}
