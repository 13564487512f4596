// What an action is given besides its input: who asks, and everything it may use to answer.
import type { Region } from '../../config/regions.ts'
import type { SigningKeys } from '../../lib/signing.ts'
import type { Account } from './account.ts'
import type { OneReader, OneWriter } from './documents.ts'
import type { IdIndex } from './id-index.ts'
import type { Identity, KeyChanges } from './identity.ts'
import type { IdMint } from './ids.ts'
import type { AskedResource } from './permissions.ts'
import type { Tasks } from './tasks.ts'
import type { UsageNotes } from './usage.ts'

/** What the operator has decided, as far as actions need it. */
export interface Settings {
  readonly region: string
  /** All regions of the endpoint, the first in front. */
  readonly regions: readonly [Region, ...Region[]]
  readonly zones: readonly [string, ...string[]]
  /** OpenNebula clusters by the zone that they are in; zones without any are names alone, and not here. */
  readonly zoneClusters: ReadonlyMap<string, readonly number[]>
  /** What the names of instances end in. */
  readonly dnsDomain: string
  /** OpenNebula datastore for images and volumes. */
  readonly datastore: number
  /** OpenNebula network that elastic addresses are reserved from. */
  readonly addressNetwork: number | undefined
  /** What the default security groups are before anybody changes them. */
  readonly defaultGroup: 'open' | 'closed'
  /** OpenNebula network template that the networks of subnets are made of. */
  readonly subnetTemplate: number | undefined
  /** OpenNebula network that they are reserved from, where there is no such template. */
  readonly subnetParent: number | undefined
  /** Milliseconds for which terminated instances are still listed. */
  readonly terminatedFor: number
  /** Milliseconds for which OpenNebula may begin to fetch an uploaded image. */
  readonly importWithin: number
  /** Hosts (`name`, `name:port`) from which OpenNebula may be told to fetch images; `*` for any. */
  readonly importHosts: readonly string[]
  /** Whether images can be had from the marketplaces of the cloud. */
  readonly marketplace: boolean
  /** Bytes that an account may have staged at a time. */
  readonly stagedBytes: number
  /** The hosts (`name`, `name:port`) by which callers reach the Worker, */
  readonly ownHosts: readonly string[]
  /** and its address, where the operator says it. */
  readonly publicUrl: string | undefined
}

/** Images that wait until OpenNebula has fetched them: uploaded ones in the staging area, and objects of the account's bucket. */
export interface Staging {
  /** Where the account's image of this id is staged, or will be. */
  keyOf(id: string): string
  /**
   * The account's staged object of this id; undefined if there is none.
   * @throws Ec2Error UnsupportedOperation where nobody says by what address OpenNebula could fetch it
   */
  find(id: string): Promise<StagedObject | undefined>
  /** The name of the account's bucket. */
  readonly bucket: string
  /** What the account's bucket has under a key; undefined where there is nothing. Nothing is held by it. */
  object(key: string): Promise<BucketObject | undefined>
  /**
   * Holds the bytes of what the account's bucket has under a key, for the import of an image: whatever becomes of the
   * object, they stay until the staged object's key is deleted. To be called when all is checked and committed; a hold
   * that no task looks after (`TaskKind.staged`) ends within the hour.
   * @param id of the image: there is one hold for each
   * @returns undefined where there is no such object (any more)
   * @throws Ec2Error UnsupportedOperation as `find`
   */
  hold(key: string, id: string): Promise<StagedObject | undefined>
  /** So many bytes of the beginning of what is staged, or held, under a key; all where there are fewer. */
  beginning(key: string, length: number): Promise<Uint8Array>
  /** Deletes a staged object, or ends a hold. @returns whether that could be done */
  delete(key: string): Promise<boolean>
}

/** An object of the account's bucket. */
export interface BucketObject {
  /** In the bucket. */
  readonly key: string
  readonly bytes: number
  /** Without quotes. */
  readonly etag: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** Whether it is to go when it is imported: whoever uploaded it said so. */
  readonly once: boolean
}

export interface StagedObject {
  /** What a task looks after, and `delete` and `Tools.unstage` take. */
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
  /** With what the request was signed, and the keys of its user. */
  readonly identity: Identity
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** What an action that changes something gets: it runs in the account's Durable Object. */
export interface ChangeContext extends Context {
  readonly staging: Staging
  /** For the actions of IAM. */
  readonly keys: KeyChanges
  readonly usage: UsageNotes
  /**
   * Asks whether the key of the request may do its action to all these resources, where its row says that it asks itself. To be
   * called when all is known, and before `commit`; the resources are looked at if the key has a policy.
   * @throws Ec2Error UnauthorizedOperation
   */
  authorize(resources: () => readonly AskedResource[]): Promise<void>
  /** Whether the key of the request may do another action to a resource, where AWS asks that of a part of what is to be done. */
  may(action: string, resource: AskedResource): boolean
  /**
   * The way to change anything. To be called when all is checked and nothing is done yet: this is where DryRun ends.
   * @throws Ec2Error DryRunOperation
   */
  commit(): OneWriter
  /**
   * Keeps other requests of the account from changing the named things meanwhile.
   * @param work is told the moment in which anybody else has let go of one of them last: of what was read since a later `moment`
   *   nothing has changed
   */
  hold<T>(names: Iterable<string>, work: (left: number) => Promise<T>): Promise<T>
  /** This moment, to be compared with what `hold` tells. */
  moment(): number
  /** A seed for the nth id that this request mints: the same one when the request is repeated with its token. */
  seed(index: number): string | undefined
  /** True when an earlier run of this request may have left something behind. */
  readonly resumed: boolean
  /** When this request, or the first run of it, began; milliseconds since 1970. */
  readonly since: number
  /** The request, by the name of the lock that is held while it runs. */
  readonly request: {
    readonly name: string
    /** Whether the same request may come again, and go on where this one ended. */
    readonly repeatable: boolean
  }
  /** Says what a repeat of the request is answered from, in place of its answer; plain data, and small. */
  remember(memo: object): void
  /** What is finished after the answer, and what may break off. */
  readonly tasks: Tasks
}
