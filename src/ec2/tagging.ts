// CreateTags, DeleteTags and DescribeTags: for every resource that can have tags, by one table.
import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  Tag,
  TagDescription,
} from '@aws-sdk/client-ec2'
import { type Kind, merge, WHOSE, type WriteCall } from '../opennebula/calls.ts'
import type { Image, Vm } from '../opennebula/documents.ts'
import type { Attributes } from '../opennebula/shape.ts'
import { Ec2Error } from '../protocol/errors.ts'
import { type FilterTable, matcher } from '../protocol/filters.ts'
import { pageSize, readToken, takePage } from '../protocol/paging.ts'
import type { Streamed } from '../protocol/response.ts'
import { type ChangeContext, type Context, pageScope } from './context.ts'
import { toEc2Error, unauthorized } from './failures.ts'
import type { Identified } from './ids.ts'
import { roleOf } from './image.ts'
import { imageSource } from './images.ts'
import { instanceSource } from './instances.ts'
import { KEY_PAIRS_LOCK, keyPairs, writeKeyPairsCall } from './key-pairs.ts'
import { find, type Source } from './lookup.ts'
import { decodeTags, encodeTags } from './record.ts'
import { kindOf, notFound, type ResourceKind, resources } from './resources.ts'
import { checkCount, checkKey, type Tags, tagsFrom } from './tags.ts'

/** A resource as far as tags go. */
interface Tagged {
  readonly kind: ResourceKind
  readonly id: string
  readonly tags: Tags
}

type TagChange = (tags: Tags) => Tags

/** How resources of a kind carry their tags. */
interface Taggable {
  /** Those of the account. */
  readonly list: (context: Context) => AsyncIterable<Tagged>
  /** The calls that change the tags of these resources. @throws Ec2Error where one does not exist or is another's */
  readonly change: (ids: readonly string[], change: TagChange, context: Context) => Promise<WriteCall[]>
}

/** Resources that are OpenNebula objects: the tags are an attribute of the object. */
function onObjects<T>(
  source: (context: Context) => Source<T>,
  object: { readonly kind: Kind; readonly attributes: (object: T) => Attributes },
  own: (context: Context) => AsyncIterable<T>,
): Taggable {
  return {
    async *list(context) {
      const { kind, identify } = source(context)
      for await (const each of own(context)) {
        yield { kind, id: context.mint.idOf(kind, identify(each)), tags: decodeTags(object.attributes(each)) }
      }
    },
    async change(ids, change, context) {
      const { identify } = source(context)
      const found = await find(source(context), ids, context)
      return found.map(each => {
        checkOwn(identify(each), context)
        const tags = checkCount(change(decodeTags(object.attributes(each))))
        return merge(object.kind, identify(each).ID, { EC2_TAGS: encodeTags(tags) })
      })
    },
  }
}

function checkOwn({ UID }: Identified, { account }: Context): void {
  if (UID !== account.user.id) throw unauthorized()
}

const ofImages = (role: 'image' | 'volume' | 'snapshot'): Taggable =>
  onObjects<Image>(
    context => imageSource(role, context),
    { kind: 'image', attributes: image => image.TEMPLATE },
    context => imagesOf(role, context),
  )

async function* imagesOf(role: string, { one }: Context): AsyncGenerator<Image> {
  for await (const image of one.images({ whose: WHOSE.OWN })) if (roleOf(image) === role) yield image
}

/** Key pairs have their tags where they have themselves. */
const onKeyPairs: Taggable = {
  async *list(context) {
    for (const { id, tags } of (await keyPairs(context)).values()) yield { kind: 'keyPair', id, tags }
  },
  async change(ids, change, context) {
    const pairs = await keyPairs(context)
    for (const id of ids) {
      const pair = [...pairs.values()].find(each => each.id === id)
      if (!pair) throw notFound('keyPair', id)
      pairs.set(pair.name, { ...pair, tags: checkCount(change(pair.tags)) })
    }
    return [writeKeyPairsCall(pairs, context)]
  },
}

const taggables: Partial<Record<ResourceKind, Taggable>> = {
  instance: onObjects<Vm>(instanceSource, { kind: 'vm', attributes: vm => vm.USER_TEMPLATE }, ({ one }) =>
    one.vmPages(),
  ),
  image: ofImages('image'),
  volume: ofImages('volume'),
  snapshot: ofImages('snapshot'),
  keyPair: onKeyPairs,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export async function createTags(
  { Resources, Tags: list }: CreateTagsRequest,
  context: ChangeContext,
): Promise<undefined> {
  const added = tagsFrom(list)
  if (added.size === 0) throw new Ec2Error('MissingParameter', 'The request must contain the parameter Tag')
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

/** Changes the tags of resources of any kinds: all of them, or none when one of them cannot be. */
function changeTags(ids: readonly string[] | undefined, change: TagChange, context: ChangeContext): Promise<void> {
  const byKind = Map.groupBy(new Set(ids), kindOf)
  const parts = [...byKind].map(([kind, members]) => ({ taggable: taggableOf(kind, members), members }))
  const locks = [...(ids ?? []).map(id => `tags:${id}`), ...(byKind.has('keyPair') ? [KEY_PAIRS_LOCK] : [])]
  return context.hold(locks, async () => {
    const calls: WriteCall[] = []
    for (const { taggable, members } of parts) calls.push(...(await taggable.change(members, change, context)))
    const outcomes = await context.commit().multicall(calls)
    const failed = outcomes.find(({ error }) => error !== undefined)
    if (failed) throw toEc2Error(failed.error)
  })
}

function taggableOf(kind: ResourceKind | undefined, [id = '']: readonly string[]): Taggable {
  const taggable = kind && taggables[kind]
  if (!taggable) throw new Ec2Error('InvalidID', `The ID '${id}' is not valid`)
  return taggable
}

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
  const tags = behind(after, allTags(kindsWanted(input), matches, context))
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
  const kinds = Object.keys(taggables).filter((kind): kind is ResourceKind => kind in resources)
  const types = Filters.find(({ Name }) => Name === 'resource-type')?.Values
  const ids = Filters.find(({ Name }) => Name === 'resource-id')?.Values
  return kinds
    .filter(kind => !types || types.some(type => type === resources[kind].type || /[*?\\]/.test(type)))
    .filter(kind => !ids || ids.some(id => kindOf(id) === kind || /[*?\\]/.test(id)))
}

async function* allTags(
  kinds: readonly ResourceKind[],
  matches: (tag: TagDescription) => boolean,
  context: Context,
): AsyncGenerator<TagDescription> {
  for (const kind of kinds) {
    for await (const { id, tags } of taggables[kind]?.list(context) ?? []) {
      for (const [Key, Value] of tags) {
        const tag: TagDescription = { Key, Value, ResourceId: id, ResourceType: resources[kind].type as never }
        if (matches(tag)) yield tag
      }
    }
  }
}
