// Tags: how they are written on OpenNebula objects, and the rules that AWS sets for them.
import type { Tag, TagSpecification } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import { invalidBecause } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { canonicalId } from './ids.ts'

/** The tags of one resource. A Map, since a key may be any text, `__proto__` included. */
export type Tags = ReadonlyMap<string, string>

const MOST_TAGS = limits.tagsPerResource.most
const LONGEST_KEY = limits.tagKey.most
const LONGEST_VALUE = limits.tagValue.most

/** The tags of a list, checked. @throws Ec2Error as AWS does for reserved, long, doubled or too many tags */
export function tagsFrom(list: readonly Tag[] | undefined): Tags {
  const tags = new Map<string, string>()
  for (const { Key = '', Value = '' } of list ?? []) {
    checkKey(Key)
    if (Value.length > LONGEST_VALUE) {
      throw invalidBecause(`Tag value exceeds the maximum length of ${LONGEST_VALUE} characters`)
    }
    if (tags.has(Key)) throw invalidBecause(`Duplicate tag key '${Key}' specified.`)
    tags.set(Key, Value)
  }
  return checkCount(tags)
}

/** The tags that a creating action shall give to a resource of this type, from its `TagSpecification.N`. */
export function tagsFor(type: string, specifications: readonly TagSpecification[] | undefined, allowed = [type]): Tags {
  const merged: Tag[] = []
  for (const { ResourceType, Tags } of specifications ?? []) {
    if (ResourceType === undefined || !allowed.includes(ResourceType)) {
      throw invalidBecause(`'${excerpt(ResourceType ?? '')}' is not a valid taggable resource type for this operation.`)
    }
    if (ResourceType === type) merged.push(...(Tags ?? []))
  }
  return tagsFrom(merged)
}

/** @throws Ec2Error TagLimitExceeded */
export function checkCount(tags: Tags): Tags {
  if (tags.size > MOST_TAGS) {
    throw new Ec2Error('TagLimitExceeded', `The maximum number of tags for a resource is ${MOST_TAGS}.`)
  }
  return tags
}

/** @throws Ec2Error InvalidParameterValue */
export function checkKey(key: string): void {
  const flaw = flawOf(key)
  if (flaw !== undefined) throw invalidBecause(flaw)
}

/** Whether a tag may be called so. */
export const isTagKey = (key: string): boolean => flawOf(key) === undefined

function flawOf(key: string): string | undefined {
  if (key === '') return 'Tag key cannot be empty.'
  if (key.length > LONGEST_KEY) return `Tag key exceeds the maximum length of ${LONGEST_KEY} characters`
  return /^aws:/i.test(key) ? `Tag keys starting with 'aws:' are reserved for internal use: '${key}'` : undefined
}

/** A tag set in the form of EC2's answers; absent where there are no tags. */
export const tagItems = (tags: Tags): Tag[] => [...tags].map(([Key, Value]) => ({ Key, Value }))

/** The lock under which the tags of a resource change. */
export const tagsLock = (id: string): string => `tags:${canonicalId(id)}`
