// DescribeTags: the tags of everything that the account has, by the OpenNebula documents which hold them.
import type { DescribeTagsRequest, DescribeTagsResult, TagDescription } from '@aws-sdk/client-ec2'
import { WHOSE } from '../../opennebula/calls/common.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, type Placed } from '../core/describe.ts'
import { documentPool, imagePool, networkPool, securityGroupPool, user } from '../core/documents.ts'
import { answerOf } from '../core/failures.ts'
import { isIdOf, type Resource } from '../core/resource.ts'
import type { ResourceRow, ResourceTable, Tagged, TaggedDocuments } from '../core/taggable.ts'

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

/** The documents that have tags, in the order in which they are listed: the VMs stream, the others are one request. */
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

/** What has tags, from a place on: in one upstream request for every page of VMs, and one for all the rest. */
async function* tagged(
  rows: readonly ResourceRow[],
  after: TagCursor | undefined,
  context: Context,
): AsyncGenerator<{ readonly item: Listed; readonly offset: number }> {
  const isOn = (kind: keyof TaggedDocuments) => rows.some(({ tags }) => tags?.listed[kind])
  if (isOn('vm')) yield* onVms(rows, after, context)
  if (!PHASES.some(kind => kind !== 'vm' && isOn(kind))) return
  const types = rows.flatMap(({ resource: { documents }, tags }) => (tags?.listed.document ? (documents ?? []) : []))
  const [images, self, networks, groups, ...documents] = await context.one.read(
    imagePool({ whose: WHOSE.OWN }),
    user(),
    networkPool({ whose: WHOSE.OWN }),
    securityGroupPool({ whose: WHOSE.OWN }),
    ...types.map(type => documentPool({ type })),
  )
  const newestFirst = <D extends { readonly ID: number }>(documents: readonly D[]) =>
    documents.toSorted((a, b) => b.ID - a.ID)
  const rest = [
    ...newestFirst(answerOf(images)).flatMap(each => on('image', each, rows, context)),
    ...answerOf(self).flatMap(each => on('user', each, rows, context)),
    ...newestFirst(answerOf(networks)).flatMap(each => on('vn', each, rows, context)),
    ...newestFirst(documents.flatMap(answerOf)).flatMap(each => on('document', each, rows, context)),
    ...newestFirst(answerOf(groups)).flatMap(each => on('secgroup', each, rows, context)),
  ]
  for (const item of rest) yield { item, offset: 0 }
}

/** Goes on with the VM that a page ended in: some of its tags may be on the next one. */
async function* onVms(rows: readonly ResourceRow[], after: TagCursor | undefined, context: Context) {
  const [[phase, number] = [VMS, Number.POSITIVE_INFINITY], offset = 0] = after ?? []
  if (phase !== VMS) return
  const from = after && { before: number + 1, offset }
  const pages = context.one.vmPages({ after: from })
  for await (const vm of pages) {
    for (const item of on('vm', vm, rows, context)) yield { item, offset: Math.max(0, (pages.cursor?.offset ?? 0) - 1) }
  }
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
  list: (context, after, input) => descriptions(rowsWanted(input, resources), after, context),
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
  context: Context,
): AsyncGenerator<Placed<TagDescription, TagCursor>> {
  for await (const { item, offset } of tagged(rows, after, context)) {
    const { resource, id, tags, phase, number, part } = item
    for (const [Key, Value] of [...tags].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const place: Place = [phase, number, part, Key]
      if (after && !isBehind(place, after[0])) continue
      yield [{ Key, Value, ResourceId: id, ResourceType: resource.type }, [place, offset]]
    }
  }
}
