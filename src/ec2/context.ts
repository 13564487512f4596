// What an action is given besides its input: who asks, and everything it may use to answer.
import type { OneReader, OneWriter } from '../opennebula/client.ts'
import type { SigningKeys } from '../secret.ts'
import type { Kept, Launch } from './aftermath.ts'
import type { CaptureGoal } from './capture.ts'
import type { Goal, ImportGoal, Pending } from './goals.ts'
import type { IdIndex } from './id-index.ts'
import type { IdMint } from './ids.ts'

/** Who a request is made for. */
export interface Account {
  /** Twelve digits: the OpenNebula user id, padded. What EC2 calls OwnerId or Account. */
  readonly id: string
  /** The OpenNebula user. */
  readonly user: { readonly id: number; readonly name: string }
  /** Whether the operator lets the account's key act though the user is in OpenNebula's group 0. */
  readonly allowAdmin?: boolean
}

/** Twelve digits for an OpenNebula user id. */
export const accountId = (uid: number): string => String(uid).padStart(12, '0')

/** What the operator has decided, as far as actions need it. */
export interface Settings {
  readonly region: string
  readonly zones: readonly [string, ...string[]]
  /** What the names of instances end in. */
  readonly dnsDomain: string
  /** OpenNebula datastore for images and volumes. */
  readonly datastore: number
  /** OpenNebula network that elastic addresses are reserved from. */
  readonly addressNetwork: number | undefined
  /** Milliseconds for which terminated instances are still listed. */
  readonly terminatedFor: number
  /** Milliseconds for which OpenNebula may begin to fetch an uploaded image. */
  readonly importWithin: number
  /** Bytes that an account may have staged at a time. */
  readonly stagedBytes: number
}

/** Uploaded images that wait in the staging area until OpenNebula has fetched them. */
export interface Staging {
  /** Where the account's image of this id is staged, or will be. */
  keyOf(id: string): string
  /**
   * The account's staged object of this id; undefined if there is none.
   * @throws Ec2Error UnsupportedOperation where nobody says by what address OpenNebula could fetch it
   */
  find(id: string): Promise<StagedObject | undefined>
  /** All that the account has staged, or is about to. */
  all(): readonly ImportGoal[]
  /** Deletes a staged object, now if possible. */
  discard(goal: ImportGoal): Promise<void>
}

export interface StagedObject {
  readonly key: string
  readonly bytes: number
  /** A signed address from which OpenNebula can fetch it. */
  readonly link: string
}

/** What every action gets. */
export interface Context {
  readonly account: Account
  /** The users whose objects are the operator's, by number: see trust.ts. */
  readonly operators: ReadonlySet<number>
  readonly requestId: string
  readonly settings: Settings
  /** The address of this endpoint, as callers are told it; without a path. */
  readonly endpoint: string
  readonly one: OneReader
  readonly mint: IdMint
  readonly index: IdIndex
  /** For what must come back unchanged: NextToken. */
  readonly pageKeys: SigningKeys
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** A launch as RunInstances knows it. */
export type NewLaunch = Pick<Launch, 'reservation' | 'least' | 'births'>

/** What an action that changes something gets: it runs in the account's Durable Object. */
export interface ChangeContext extends Context {
  readonly staging: Staging
  /**
   * The way to change anything. To be called when all is checked and nothing is done yet: this is where DryRun ends.
   * @throws Ec2Error DryRunOperation
   */
  commit(): OneWriter
  /** Keeps other requests of the account from changing the named things meanwhile. */
  hold<T>(names: Iterable<string>, work: () => Promise<T>): Promise<T>
  /** A seed for the nth id that this request mints: the same one when the request is repeated with its token. */
  seed(index: number): string | undefined
  /** True when an earlier run of this request may have left something behind. */
  readonly resumed: boolean
  /** When this request, or the first run of it, began; milliseconds since 1970. */
  readonly since: number
  /** Remembers what OpenNebula would not do at this moment, to be done as soon as it will. */
  pursue(goals: readonly Goal[]): Promise<void>
  /** The AMIs and snapshots of instances that are under way. */
  captures(): readonly Pending<CaptureGoal>[]
  /** Forgets goals: they are reached, or the caller wants something else now. */
  forget(goals: readonly Goal[]): Promise<void>
  /** Key pairs that may have come about though nobody was told their private keys. */
  unclaimedKeyPairs(): ReadonlySet<string>
  /** Writes a launch down before its first call: should the request come to no end, what is left of it is found. */
  begin(launch: NewLaunch): Promise<void>
  /**
   * Says which instances of a launch are the caller's. What else there is of it goes, at once if possible.
   * @param shown whether all of them are seen to be
   */
  conclude(launch: NewLaunch, kept: Kept, shown: boolean): Promise<void>
}
