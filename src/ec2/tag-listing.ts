// DescribeTags: the tags of everything that the account has, by the OpenNebula documents which hold them.
import type { DescribeTagsRequest, DescribeTagsResult, TagDescription } from '@aws-sdk/client-ec2'
import { imagePool, networkPool, user, WHOSE } from '../opennebula/calls.ts'
import type { Image, Network, User, Vm } from '../opennebula/documents.ts'
import { textOf } from '../opennebula/shape.ts'
import { type FilterTable, matcher } from '../protocol/filters.ts'
import { pageSize, readToken, takePage } from '../protocol/paging.ts'
import type { Streamed } from '../protocol/response.ts'
import { allocationId } from './address.ts'
import { reservedIn } from './address-book.ts'
import { type Context, pageScope } from './context.ts'
import { answerOf } from './failures.ts'
import { roleOf, sealedImageId } from './image.ts'
import { viewInstance } from './instance.ts'
import { CorruptKeyPairs, readKeyPairs } from './keys/store.ts'
import { decodeTags } from './record.ts'
import { kindOf, type ResourceKind, resources } from './resources.ts'
import type { Tags } from './tags.ts'
import { diskVolumes } from './volume.ts'

/** A resource as far as tags go. */
interface Tagged {
  readonly kind: ResourceKind
  readonly id: string
  readonly tags: Tags
}

/** Kinds whose tags are on VMs, the disks that end with an instance among them, and those that other documents hold. */
const ON_VMS: readonly ResourceKind[] = ['instance', 'volume']
const ELSEWHERE: readonly ResourceKind[] = ['image', 'volume', 'snapshot', 'keyPair', 'address']

/** What has tags: in one upstream request for every page of VMs, and one for all the rest. */
async function* tagged(kinds: readonly ResourceKind[], context: Context): AsyncGenerator<Tagged> {
  const among = (others: readonly ResourceKind[]) => others.some(kind => kinds.includes(kind))
  if (among(ON_VMS)) for await (const vm of context.one.vmPages()) yield* onVm(vm, context)
  if (!among(ELSEWHERE)) return
  const [images, self, networks] = await context.one.read(
    imagePool({ whose: WHOSE.OWN }),
    user(),
    networkPool({ whose: WHOSE.OWN }),
  )
  yield* answerOf(images).flatMap(image => onImage(image, context))
  yield* answerOf(self).flatMap(onUser)
  yield* onNetworks(answerOf(networks), context)
}

function onVm(vm: Vm, context: Context): Tagged[] {
  const instance = viewInstance(vm, context)
  const disks = diskVolumes(instance).map(({ id, tags }): Tagged => ({ kind: 'volume', id, tags }))
  return [{ kind: 'instance', id: instance.id, tags: instance.tags }, ...disks]
}

function onImage(image: Image, { mint }: Context): Tagged[] {
  const kind = roleOf(image)
  return kind ? [{ kind, id: mint.idOf(kind, sealedImageId(image)), tags: decodeTags(image.TEMPLATE) }] : []
}

/** Key pairs that cannot be read keep no other tags from being listed; whoever asks for key pairs is told. */
function onUser({ TEMPLATE }: User): Tagged[] {
  try {
    const pairs = readKeyPairs(textOf(TEMPLATE, 'EC2_KEYPAIRS'))
    return [...pairs.values()].map(({ id, tags }) => ({ kind: 'keyPair', id, tags }))
  } catch (error) {
    if (error instanceof CorruptKeyPairs) return []
    throw error
  }
}

const onNetworks = (networks: readonly Network[], context: Context): Tagged[] =>
  reservedIn(networks, context).map(address => ({
    kind: 'address',
    id: allocationId(address.network.ID),
    tags: decodeTags(address.network.TEMPLATE),
  }))

const filters: FilterTable<TagDescription> = {
  key: tag => tag.Key,
  'resource-id': tag => tag.ResourceId,
  'resource-type': tag => tag.ResourceType,
  value: tag => tag.Value,
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html */
export async function describeTags(
  input: DescribeTagsRequest,
  context: Context,
): Promise<Streamed<DescribeTagsResult>> {
  const size = pageSize(input)
  const matches = matcher(input.Filters, filters, ({ Key, Value }) => [{ Key, Value }])
  const scope = pageScope(context, 'DescribeTags', input)
  const after = await readToken(scope, isText)
  const tags = behind(after, descriptions(kindsWanted(input), matches, context))
  const page = await takePage(tags, size, scope, place)
  return { Tags: page.items, ...(page.nextToken !== undefined && { NextToken: page.nextToken }) }
}

/** Where a tag stands in the list. */
const place = ({ ResourceId = '', Key = '' }: TagDescription) => `${ResourceId} ${Key}`

async function* behind(after: string | undefined, tags: AsyncIterable<TagDescription>): AsyncGenerator<TagDescription> {
  let passed = after === undefined
  for await (const tag of tags) {
    if (passed) yield tag
    else passed = place(tag) === after
  }
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
  matches: (tag: TagDescription) => boolean,
  context: Context,
): AsyncGenerator<TagDescription> {
  for await (const { kind, id, tags } of tagged(kinds, context)) {
    for (const [Key, Value] of tags) {
      const tag = { Key, Value, ResourceId: id, ResourceType: resources[kind].type }
      if (matches(tag)) yield tag
    }
  }
}
