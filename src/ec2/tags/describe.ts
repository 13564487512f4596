// DescribeTags: the tags of everything that the account has, by the OpenNebula documents which hold them.
import type { DescribeTagsRequest, DescribeTagsResult, TagDescription } from '@aws-sdk/client-ec2'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { isWhole } from '../../protocol/paging.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, type Placed } from '../core/describe.ts'
import { documentPool, imagePool, networkPool, securityGroupPool, user } from '../core/documents.ts'
import { readTogether } from '../core/multicall.ts'
import { isIdOf, type Resource } from '../core/resource.ts'
import type { ResourceRow, ResourceTable, Tagged, TaggedDocuments } from '../core/taggable.ts'
import { vmsBeside } from '../instances/find.ts'

/**
 * Where a tag stands in the list: by phase (the kind of document), in each by falling number, then by the
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

/** The documents that have tags, in the order in which they are listed: the VMs stream, the others are held. */
const PHASES = [
  'vm',
  'image',
  'user',
  'vn',
  'document',
  'secgroup',
] as const satisfies readonly (keyof TaggedDocuments)[]

const VMS = PHASES.indexOf('vm')

/** A resource as far as tags go, and where it stands. */
interface Listed extends Tagged {
  readonly resource: Resource
  readonly phase: number
  readonly number: number
  readonly part: string
}

/** Whether resources carry their tags on documents of a kind. */
const isOn = (kind: keyof TaggedDocuments, rows: readonly ResourceRow[]): boolean =>
  rows.some(({ tags }) => tags?.listed[kind])

/**
 * What has tags, from a place on: in one upstream request for a whole list, and one for every further page of VMs. Of a page
 * that may end before it, what is not on VMs is asked for when its turn comes.
 */
async function* tagged(
  rows: readonly ResourceRow[],
  after: TagCursor | undefined,
  { whole, context }: { readonly whole: boolean; readonly context: Context },
): AsyncGenerator<{ readonly item: Listed; readonly offset: number }> {
  // A page goes on with the VM that the one before ended in: some of its tags may be on the next one
  const [[phase, number] = [VMS, undefined], offset = 0] = after ?? []
  const isPast = phase !== VMS || !isOn('vm', rows)
  const reached = { isPast, end: number === undefined ? undefined : ([number, offset] as const) }
  const others = (look: Context) => onOthers(rows, look)
  const { beside, pages, vms } = vmsBeside(async look => (whole ? others(look) : undefined), reached, context)
  const early = await beside
  for await (const vm of vms) {
    for (const item of on('vm', vm, rows, context)) yield { item, offset: Math.max(0, (pages.cursor?.offset ?? 0) - 1) }
  }
  for (const item of early ?? (await others(context))) yield { item, offset: 0 }
}

/** What has its tags on other documents than VMs, in one upstream request. */
async function onOthers(rows: readonly ResourceRow[], context: Context): Promise<Listed[]> {
  const own = { whose: WHOSE.OWN } as const
  const asked = <C>(kind: keyof TaggedDocuments, ...calls: C[]): C[] => (isOn(kind, rows) ? calls : [])
  const types = rows.flatMap(({ resource: { documents }, tags }) => (tags?.listed.document ? (documents ?? []) : []))
  const { images, users, networks, documents, groups } = await readTogether(context.one, {
    images: asked('image', imagePool(own)),
    users: asked('user', user()),
    networks: asked('vn', networkPool(own)),
    documents: types.map(type => documentPool({ type })),
    groups: asked('secgroup', securityGroupPool(own)),
  })
  const newestFirst = <D extends { readonly ID: number }>(each: readonly D[]) => each.toSorted((a, b) => b.ID - a.ID)
  return [
    ...newestFirst(images).flatMap(each => on('image', each, rows, context)),
    ...users.flatMap(each => on('user', each, rows, context)),
    ...newestFirst(networks).flatMap(each => on('vn', each, rows, context)),
    ...newestFirst(documents).flatMap(each => on('document', each, rows, context)),
    ...newestFirst(groups).flatMap(each => on('secgroup', each, rows, context)),
  ]
}

/** What of a document has tags: by the order of the table, and in that by their ids. */
function on<D extends keyof TaggedDocuments>(
  kind: D,
  document: TaggedDocuments[D] & { readonly ID: number },
  rows: readonly ResourceRow[],
  context: Context,
): Listed[] {
  const place = { phase: PHASES.indexOf(kind), number: document.ID }
  return rows
    .flatMap(({ resource, tags }, index) =>
      (tags?.listed[kind]?.(document, context) ?? []).map(({ id, tags: list }) => ({
        ...{ resource, id, tags: list, ...place },
        part: `${String(index).padStart(2, '0')} ${id}`,
      })),
    )
    .toSorted((a, b) => (a.part < b.part ? -1 : 1))
}

export const tagFilters = {
  key: tag => tag.Key,
  'resource-id': tag => tag.ResourceId,
  'resource-type': tag => tag.ResourceType,
  value: tag => tag.Value,
} satisfies Filters<TagDescription, TagDescription>

const listingOf = (
  resources: ResourceTable,
): Listing<DescribeTagsRequest, TagDescription, TagDescription, TagCursor> => ({
  action: 'DescribeTags',
  isPlace: isCursor,
  list: (context, after, input) =>
    descriptions(rowsWanted(input, resources), after, { whole: isWhole(input), context }),
  item: tag => tag,
  filters: tagFilters,
  tags: ({ Key, Value }) => [{ Key, Value }],
})

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html */
export function describeTags(resources: ResourceTable) {
  const listing = listingOf(resources)
  return async (input: DescribeTagsRequest, context: Context): Promise<Streamed<DescribeTagsResult>> => {
    const page = await describe(listing, input, context)
    return { Tags: page.items, ...nextPage(page) }
  }
}

/** Only what the filters leave open is asked for: by type, or by the prefix of ids without wildcards. */
function rowsWanted({ Filters = [] }: DescribeTagsRequest, resources: ResourceTable): ResourceRow[] {
  const types = Filters.find(({ Name }) => Name === 'resource-type')?.Values
  const ids = Filters.find(({ Name }) => Name === 'resource-id')?.Values
  return resources
    .filter(({ tags }) => tags)
    .filter(({ resource }) => !types || types.some(type => type === resource.type || /[*?\\]/.test(type)))
    .filter(({ resource }) => !ids || ids.some(id => isIdOf(resource, id) || /[*?\\]/.test(id)))
}

async function* descriptions(
  rows: readonly ResourceRow[],
  after: TagCursor | undefined,
  list: { readonly whole: boolean; readonly context: Context },
): AsyncGenerator<Placed<TagDescription, TagCursor>> {
  for await (const { item, offset } of tagged(rows, after, list)) {
    const { resource, id, tags, phase, number, part } = item
    for (const [Key, Value] of [...tags].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const place: Place = [phase, number, part, Key]
      if (after && !isBehind(place, after[0])) continue
      yield [{ Key, Value, ResourceId: id, ResourceType: resource.type }, [place, offset]]
    }
  }
}
