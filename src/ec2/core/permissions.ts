// What a request is about, as IAM's policies see it: an action, and resources by their ARNs.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
import type { ResourceType } from '@aws-sdk/client-ec2'
import type { Account } from './account.ts'
import type { Tags } from './tags.ts'

/** A kind of resource, as its ARN names it. */
export type ArnType = ResourceType | 'user' | 'role' | 'instance-profile'

/** In place of the id of a resource that is yet to be made. */
export const NEW = '*'

/**
 * What an action is about: whoever has a policy has to be allowed all of it. An action without any of it is about no resource, and
 * allowed for `*` alone.
 * @template P the members of its input, by their paths
 */
export interface About<P extends string> {
  /**
   * What there is, by the members that name it; `any` is of whatever kind its id says. A request about users that names none, or
   * whose action has no member for it, is about the caller.
   */
  readonly on?: { readonly [T in ArnType | 'any']?: readonly P[] }
  /** What comes of it, by the member that says its name where that is not `NEW`, or that names what is there already. */
  readonly makes?: { readonly [T in ArnType]?: P | typeof NEW }
  /** What it concerns besides, by the members from which that follows: it must not be denied, but nothing has to allow it. */
  readonly touches?: { readonly [T in ArnType]?: readonly P[] }
  /** What it takes where a member is absent: that must not be denied, either. */
  readonly defaults?: { readonly [T in ArnType]?: P }
  /** True where the function itself asks for leave (`context.authorize`), which alone knows what it is about. */
  readonly authorizes?: true
}

/** What is known of a resource, by condition keys: `ec2:InstanceType`. */
export type Said = Readonly<Record<string, string | undefined>>

/** One resource that a request is about. */
export interface AskedResource {
  readonly type: string
  /** As its ARN has it; `NEW` for one that is yet to be made. */
  readonly id: string
  readonly said?: Said
  /** The tags that it has. */
  readonly tags?: Tags
  /** The tags that the request speaks of, for it; without a value where none is said. */
  readonly given?: ReadonlyMap<string, string | undefined>
  /** Whether the request makes it: to give it tags is an action of its own then. */
  readonly isMade?: boolean
  /** Whether it is enough that nothing denies it. */
  readonly isTouched?: boolean
}

/** Where ARNs are from. */
export interface ArnPlace {
  readonly region: string
  readonly account: Pick<Account, 'id'>
}

/** Images and snapshots may be shared: their ARNs have no account. */
const SHARED: readonly string[] = ['image', 'snapshot']

/** Kinds that IAM has, which is one for all regions. */
const OF_IAM: readonly string[] = ['user', 'role', 'instance-profile']

/** `arn:aws:s3:::images_000000000002/disk.img`; without a key of the bucket itself. */
export const objectArn = (bucket: string, key?: string): string =>
  `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`

/** `arn:aws:ec2:us-east-1:000000000002:instance/i-0123456789abcdef0` */
export function arnOf(type: string, id: string, { region, account }: ArnPlace): string {
  const place = OF_IAM.includes(type)
    ? `iam::${account.id}`
    : `ec2:${region}:${SHARED.includes(type) ? '' : account.id}`
  return `arn:aws:${place}:${type}/${id}`
}
