// CreateTags and DeleteTags: for every resource that can have tags, by one table.

import type { CreateTagsRequest, DeleteTagsRequest, Tag } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { missing, unauthorizedOperation } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { addressSource } from '../addresses/book.ts'
import { named } from '../core/attribute-names.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image, Network, Vm } from '../core/documents.ts'
import { aboutId, toEc2Error } from '../core/failures.ts'
import { find, type Source } from '../core/find.ts'
import { type Identified, parsePairId } from '../core/ids.ts'
import { decodeTags, encodeTags } from '../core/stored-tags.ts'
import { checkCount, checkKey, type Tags, tagsFrom } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import { imageTags, tagsAttribute } from '../disk-images/image.ts'
import { imageSource } from '../disk-images/lookup.ts'
import { tagsLock } from '../disk-images/record-locks.ts'
import { instanceSource } from '../instances/instances.ts'
import { isInstance, isKept } from '../instances/view.ts'
import { KEY_PAIRS_LOCK, keyPairs, writeKeyPairsCall } from '../key-pairs/user-key-pairs.ts'
import { interfaces, nicTags } from '../network-interfaces/view.ts'
import { kindOf, notFound, type ResourceKind } from '../resources.ts'
import { findVolumes } from '../volumes/lookup.ts'
import { type VolumeView, writeTags } from '../volumes/view.ts'

type TagChange = (tags: Tags) => Tags

/** How resources of a kind carry their tags. */
interface Taggable {
  /** How to change the tags of these resources. @throws Ec2Error where one does not exist or is another's */
  readonly change: (ids: readonly string[], change: TagChange, context: Context) => Promise<readonly TagCall[]>
}

/** A call that changes the tags of a resource. */
interface TagCall {
  /** The id that the resource is shown under. */
  readonly id: string
  readonly call: WriteCall
}

/** Resources that are OpenNebula objects: the tags are an attribute of the object. */
function onObjects<T>(
  source: (context: Context) => Source<T>,
  {
    read,
    write,
  }: {
    readonly read: (object: T) => Tags
    readonly write: (object: T, tags: string) => WriteCall
  },
): Taggable {
  return {
    async change(ids, change, context) {
      const { kind, identify } = source(context)
      const found = await find(source(context), ids, context)
      return found.map(each => {
        checkOwn(identify(each), context)
        const tags = encodeTags(checkCount(change(read(each))))
        return { id: context.mint.idOf(kind, identify(each)), call: write(each, tags) }
      })
    },
  }
}

function checkOwn({ UID }: Identified, { account }: Context): void {
  if (UID !== account.user.id) throw unauthorizedOperation()
}

const ofImages = (role: 'image' | 'snapshot'): Taggable =>
  onObjects<Image>(context => imageSource(role, context), {
    read: image => imageTags(role, image),
    write: (image, tags) => merge('image', image.ID, named(tagsAttribute(role, image), tags)),
  })

/** Volumes are images, but for the disks that end with their instances: those have their tags on the VM. */
const onVolumes: Taggable = {
  async change(ids, change, context) {
    const views = await findVolumes(ids, context)
    if (!views.every(isOwnVolume)) throw unauthorizedOperation()
    return views.flatMap(view => {
      const calls = writeTags(view, checkCount(change(view.tags)))
      return calls.map(call => ({ id: view.id, call }))
    })
  },
}

/** A volume of the account may be another's image that an instance has. */
const isOwnVolume = ({ image, attachment }: VolumeView) =>
  image !== undefined || !(attachment?.disk && isKept(attachment.disk))

/** Interfaces are parts of their instances, and have their tags there. */
const onInterfaces: Taggable = {
  async change(ids, change, context) {
    const pairs = ids.map(id => parsePairId('networkInterface', id))
    const numbers = new Set(pairs.flatMap(pair => pair?.whole ?? []))
    const vms = (await Array.fromAsync(context.one.vms([...numbers]))).filter(vm => isInstance(vm, context))
    return ids.map(id => {
      for (const vm of vms) {
        const found = interfaces(vm).find(each => each.id === id)
        if (!found) continue
        const tags = encodeTags(checkCount(change(found.tags)))
        return { id, call: merge('vm', vm.ID, named(nicTags(found.number), tags)) }
      }
      throw notFound('networkInterface', id)
    })
  },
}

/** Key pairs have their tags where they have themselves. */
const onKeyPairs: Taggable = {
  async change(ids, change, context) {
    const before = await keyPairs(context)
    const pairs = new Map(before)
    for (const id of ids) {
      const pair = [...pairs.values()].find(each => each.id === id)
      if (!pair) throw notFound('keyPair', id)
      pairs.set(pair.name, { ...pair, tags: checkCount(change(pair.tags)) })
    }
    const [id = ''] = ids
    return [{ id, call: writeKeyPairsCall(pairs, before, context) }]
  },
}

const taggables: Partial<Record<ResourceKind, Taggable>> = {
  instance: onObjects<Vm>(instanceSource, {
    read: vm => decodeTags(vm.USER_TEMPLATE),
    write: (vm, EC2_TAGS) => merge('vm', vm.ID, { EC2_TAGS }),
  }),
  image: ofImages('image'),
  volume: onVolumes,
  snapshot: ofImages('snapshot'),
  keyPair: onKeyPairs,
  networkInterface: onInterfaces,
  address: onObjects<Network>(addressSource, {
    read: network => decodeTags(network.TEMPLATE),
    write: (network, EC2_TAGS) => merge('vn', network.ID, { EC2_TAGS }),
  }),
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export async function createTags(
  { Resources, Tags: list }: CreateTagsRequest,
  context: ChangeContext,
): Promise<undefined> {
  const added = tagsFrom(list)
  if (added.size === 0) throw missing('Tag')
  await changeTags(Resources, tags => new Map([...tags, ...added]), context)
}

/**
 * A tag without a value is deleted whatever its value; one with a value, empty or not, only if it has that value.
 * Without any tags, all go.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
 */
export async function deleteTags(
  { Resources, Tags: list }: DeleteTagsRequest,
  context: ChangeContext,
): Promise<undefined> {
  for (const { Key = '' } of list ?? []) checkKey(Key)
  await changeTags(Resources, tags => without(tags, list), context)
}

function without(tags: Tags, list: readonly Tag[] | undefined): Tags {
  if (!list?.length) return new Map()
  const goes = (key: string, value: string) =>
    list.some(({ Key, Value }) => Key === key && (Value === undefined || Value === value))
  return new Map([...tags].filter(([key, value]) => !goes(key, value)))
}

/**
 * Changes the tags of resources of any kinds: all of them, or none when one of them cannot be.
 * @throws Ec2Error the NotFound of its kind for what ends in this moment
 */
function changeTags(ids: readonly string[] = [], change: TagChange, context: ChangeContext): Promise<void> {
  const byKind = Map.groupBy(new Set(ids), kindOf)
  const parts = [...byKind].map(([kind, members]) => ({ taggable: taggableOf(kind, members), members }))
  const locks = [...ids.map(tagsLock), ...(byKind.has('keyPair') ? [KEY_PAIRS_LOCK] : [])]
  return context.hold(locks, async () => {
    const planned: TagCall[] = []
    for (const { taggable, members } of parts) planned.push(...(await taggable.change(members, change, context)))
    const outcomes = await context.commit().multicall(planned.map(({ call }) => call))
    for (const [index, { error }] of outcomes.entries()) {
      const { id = '' } = planned[index] ?? {}
      if (error !== undefined) throw toEc2Error(error, aboutId(id))
    }
  })
}

function taggableOf(kind: ResourceKind | undefined, [id = '']: readonly string[]): Taggable {
  const taggable = kind && taggables[kind]
  if (!taggable) throw new Ec2Error('InvalidID', `The ID '${excerpt(id)}' is not valid`)
  return taggable
}
