// What a kind of resource is called in ids, tags and errors, and what is said of one that is wrong, unknown, or not as it must be.
import type { ResourceType } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { type catalogue, Ec2Error, type SpecificCode } from '../../protocol/errors.ts'

/** Codes for what an account may have no more of. */
export type LimitCode = keyof typeof catalogue.limits

/** A kind of resource. */
export interface Resource {
  /** Our word for it, from which ids follow: it never changes. */
  readonly kind: string
  /** The id's prefix, before the dash. */
  readonly prefix: string
  /** AWS's name of the type, as in tag specifications and DescribeTags; absent where there are no tags. */
  readonly type?: ResourceType
  /** The error code when no such resource exists (or none that the caller may know of). */
  readonly notFound: SpecificCode
  /** The error code when the id cannot be one. */
  readonly malformed: SpecificCode
  /** What AWS says of ids that do not exist. */
  readonly missing: (ids: readonly string[]) => string
  /** The error code when the account may have no more of it. */
  readonly limitExceeded?: LimitCode
  /** The type of the OpenNebula documents that hold it, where OpenNebula has no object for it: it never changes. */
  readonly documents?: number
}

/** What AWS says of most kinds. */
export const phrase =
  (noun: string, plural: string, end = '') =>
  (ids: readonly string[]): string =>
    ids.length === 1
      ? `The ${noun} '${ids[0]}' does not exist${end}`
      : `The ${plural} '${ids.join(', ')}' do not exist${end}`

/** The codes of most kinds have one name before the dot. */
export const codesOf = <Name extends string>(name: Name) =>
  ({ notFound: `${name}.NotFound`, malformed: `${name}.Malformed` }) as const

/** Whether an id claims to be of a kind, by its prefix. */
export const isIdOf = ({ prefix }: Resource, id: string): boolean => id.slice(0, id.lastIndexOf('-')) === prefix

/** @returns the kind's own code */
export const notFound = (resource: Resource, ...ids: readonly string[]): Ec2Error =>
  new Ec2Error(resource.notFound, resource.missing(ids.map(id => excerpt(id))))

/** @returns the kind's own code */
export const malformed = ({ malformed: code, prefix }: Resource, id: string): Ec2Error =>
  new Ec2Error(code, `Invalid id: "${excerpt(id)}" (expecting "${prefix}-...")`)
