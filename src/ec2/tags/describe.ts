// DescribeTags: the tags of everything that the account has, by the OpenNebula documents which hold them.
import type { DescribeTagsRequest, DescribeTagsResult, TagDescription } from '@aws-sdk/client-ec2'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Streamed } from '../../protocol/response.ts'
import { reservedIn } from '../addresses/book.ts'
import { allocationId } from '../addresses/view.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, type Placed } from '../core/describe.ts'
import { type Image, imagePool, type Network, networkPool, type User, user, type Vm } from '../core/documents.ts'
import { answerOf } from '../core/failures.ts'
import { decodeTags } from '../core/stored-tags.ts'
import type { Tags } from '../core/tags.ts'
import { type ImageRole, identityIn, imageTags, isOf, roleOf } from '../disk-images/image.ts'
import { isInstance, viewInstance } from '../instances/view.ts'
import { CorruptKeyPairs, readKeyPairs } from '../key-pairs/store.ts'
import { interfaces } from '../network-interfaces/view.ts'
import { kindOf, type ResourceKind, resources } from '../resources.ts'
import { diskVolumes } from '../volumes/view.ts'

/**
 * Where a tag stands in the list: by phase (VMs, images, key pairs, addresses), in each by falling number, then by the
 * part of it that has the tag, then by key. A list goes on behind a place whether or not there is still anything there.
 */
type Place = readonly [phase: number, number: number, part: string, key: string]

/** What a page ends with: the place of its last tag, and about how many VMs stand before that. */
type TagCursor = readonly [place: Place, offset: number]

const isCursor = (value: unknown): value is TagCursor =>
  Array.isArray(value) && value.length === 2 && isPlace(value[0]) && typeof value[1] === 'number'

const isPlace = (value: unknown): value is Place =>
  Array.isArray(value) && value.map(part => typeof part).join() === 'number,number,string,string'

function isBehind([phase, number, part, key]: Place, after: Place): boolean {
  if (phase !== after[0]) return phase > after[0]
  if (number !== after[1]) return number < after[1]
  return part === after[2] ? key > after[3] : part > after[2]
}

const PHASE = { VM: 0, IMAGE: 1, KEY_PAIR: 2, ADDRESS: 3 } as const

/** A resource as far as tags go, and where it stands. */
interface Tagged {
  readonly kind: ResourceKind
  readonly id: string
  readonly tags: Tags
  readonly phase: number
  readonly number: number
  readonly part: string
}

/** Kinds whose tags are on VMs, the interfaces and disks that end with an instance among them, and those that other documents hold. */
const ON_VMS: readonly ResourceKind[] = ['instance', 'volume', 'networkInterface']
const ELSEWHERE: readonly ResourceKind[] = ['image', 'volume', 'snapshot', 'keyPair', 'address']

/** What has tags, from a place on: in one upstream request for every page of VMs, and one for all the rest. */
async function* tagged(
  kinds: readonly ResourceKind[],
  after: TagCursor | undefined,
  context: Context,
): AsyncGenerator<{ readonly item: Tagged; readonly offset: number }> {
  const among = (others: readonly ResourceKind[]) => others.some(kind => kinds.includes(kind))
  if (among(ON_VMS)) yield* onVms(after, context)
  if (!among(ELSEWHERE)) return
  const [images, self, networks] = await context.one.read(
    imagePool({ whose: WHOSE.OWN }),
    user(),
    networkPool({ whose: WHOSE.OWN }),
  )
  const rest = [
    ...answerOf(images)
      .toSorted((a, b) => b.ID - a.ID)
      .flatMap(image => onImage(image, context)),
    ...answerOf(self).flatMap(onUser),
    ...onNetworks(answerOf(networks), context),
  ]
  for (const item of rest) yield { item, offset: 0 }
}

/** Goes on with the VM that a page ended in: some of its tags may be on the next one. */
async function* onVms(after: TagCursor | undefined, context: Context) {
  const [[phase, number] = [PHASE.VM, Number.POSITIVE_INFINITY], offset = 0] = after ?? []
  if (phase !== PHASE.VM) return
  const from = after && { before: number + 1, offset }
  const pages = context.one.vmPages({ after: from })
  for await (const vm of pages) {
    if (!isInstance(vm, context)) continue
    for (const item of onVm(vm, context)) yield { item, offset: Math.max(0, (pages.cursor?.offset ?? 0) - 1) }
  }
}

function onVm(vm: Vm, context: Context): Tagged[] {
  const instance = viewInstance(vm, context)
  const place = { phase: PHASE.VM, number: vm.ID }
  const parts = [
    ...diskVolumes(instance).map(({ id, tags }) => ({ kind: 'volume' as const, id, tags })),
    ...interfaces(vm).map(({ id, tags }) => ({ kind: 'networkInterface' as const, id, tags })),
  ].map((part): Tagged => ({ ...part, ...place, part: part.id }))
  return [{ kind: 'instance', id: instance.id, tags: instance.tags, ...place, part: '' }, ...parts.toSorted(byPart)]
}

const byPart = (a: Tagged, b: Tagged) => (a.part < b.part ? -1 : 1)

function onImage(image: Image, { mint }: Context): Tagged[] {
  const tagged = (role: ImageRole): Tagged => {
    const id = mint.idOf(role, identityIn(role)(image))
    return { kind: role, id, tags: imageTags(role, image), phase: PHASE.IMAGE, number: image.ID, part: role }
  }
  const role = roleOf(image)
  if (!role) return []
  return role === 'image' && isOf('snapshot', image) ? [tagged(role), tagged('snapshot')] : [tagged(role)]
}

/** Key pairs that cannot be read keep no other tags from being listed; whoever asks for key pairs is told. */
function onUser({ TEMPLATE }: User): Tagged[] {
  try {
    const pairs = readKeyPairs(textOf(TEMPLATE, 'EC2_KEYPAIRS'))
    return Array.from(pairs.values(), ({ id, tags }): Tagged => {
      return { kind: 'keyPair', id, tags, phase: PHASE.KEY_PAIR, number: 0, part: id }
    }).toSorted(byPart)
  } catch (error) {
    if (error instanceof CorruptKeyPairs) return []
    throw error
  }
}

const onNetworks = (networks: readonly Network[], context: Context): Tagged[] =>
  reservedIn(networks, context)
    .toSorted((a, b) => b.network.ID - a.network.ID)
    .map(({ network }) => ({
      kind: 'address',
      id: allocationId(network.ID),
      tags: decodeTags(network.TEMPLATE),
      phase: PHASE.ADDRESS,
      number: network.ID,
      part: '',
    }))

export const tagFilters = {
  key: tag => tag.Key,
  'resource-id': tag => tag.ResourceId,
  'resource-type': tag => tag.ResourceType,
  value: tag => tag.Value,
} satisfies Filters<TagDescription, TagDescription>

const listing: Listing<DescribeTagsRequest, TagDescription, TagDescription, TagCursor> = {
  action: 'DescribeTags',
  isPlace: isCursor,
  list: (context, after, input) => descriptions(kindsWanted(input), after, context),
  item: tag => tag,
  filters: tagFilters,
  tags: ({ Key, Value }) => [{ Key, Value }],
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html */
export async function describeTags(
  input: DescribeTagsRequest,
  context: Context,
): Promise<Streamed<DescribeTagsResult>> {
  const page = await describe(listing, input, context)
  return { Tags: page.items, ...nextPage(page) }
}

/** Only what the filters leave open is asked for: by type, or by the prefix of ids without wildcards. */
function kindsWanted({ Filters = [] }: DescribeTagsRequest): ResourceKind[] {
  const types = Filters.find(({ Name }) => Name === 'resource-type')?.Values
  const ids = Filters.find(({ Name }) => Name === 'resource-id')?.Values
  return [...new Set([...ON_VMS, ...ELSEWHERE])]
    .filter(kind => !types || types.some(type => type === resources[kind].type || /[*?\\]/.test(type)))
    .filter(kind => !ids || ids.some(id => kindOf(id) === kind || /[*?\\]/.test(id)))
}

async function* descriptions(
  kinds: readonly ResourceKind[],
  after: TagCursor | undefined,
  context: Context,
): AsyncGenerator<Placed<TagDescription, TagCursor>> {
  for await (const { item, offset } of tagged(kinds, after, context)) {
    const { kind, id, tags, phase, number, part } = item
    for (const [Key, Value] of [...tags].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const place: Place = [phase, number, part, Key]
      if (after && !isBehind(place, after[0])) continue
      yield [{ Key, Value, ResourceId: id, ResourceType: resources[kind].type }, [place, offset]]
    }
  }
}
