// Items: the members of collections that are kept as OpenNebula documents of their owner, each in one of its own.
//
// A document's NAME is the item's id, as every object's that the facade makes. OpenNebula takes a name for several
// documents: of those of one name the oldest is the item, and the others go with it, or before.
import { limits } from '../../limits.ts'
import { type ReadCall, remove, type WriteCall } from '../../opennebula/calls/common.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Ec2Error } from '../../protocol/errors.ts'
import type { Written } from './attribute-names.ts'
import { type Asking, type Collection, collection, type Member, type MostOf } from './collections.ts'
import { type Document, documentPool } from './documents.ts'
import { type Field, text, valid, whole } from './fields.ts'
import { parseId } from './ids.ts'
import { itemClaims } from './item-task.ts'
import { record, stored } from './record.ts'
import type { Resource } from './resource.ts'
import { decodeTags, encodeTags } from './stored-tags.ts'
import { isOwn } from './trust.ts'
import { allocateDocument, merge } from './writes.ts'

/** A kind of item: all that it takes to keep some. */
export interface ItemKind<Fields> {
  /** With the type of its documents, which no other kind has. */
  readonly resource: Resource & { readonly documents: number }
  /** What is kept of one. */
  readonly fields: Field<Fields>
  /**
   * How fields of the first form become those of the second, these those of the third, and so on to today's. They come as
   * they are found: anything.
   */
  readonly upgrades?: readonly ((fields: unknown) => unknown)[]
  /** For a name that another item of the kind has; absent where several may have it. */
  readonly taken?: (name: string) => Ec2Error
  /** How many an account may have; absent where nobody counts. */
  readonly most?: MostOf
}

/** An item. */
export interface Item<Fields> extends Member {
  readonly fields: Fields
  /** OpenNebula numbers of its documents, the oldest first; absent of one that has none yet. */
  readonly numbers?: readonly number[]
}

const anything: Field<unknown> = value => value

/** How an item is kept, whatever its kind: in which form, and what it is called. */
const envelope = { form: whole(1, 1000), name: text(256) }

/** The attribute of a document for it. */
export const itemRecords = <Fields>(fields: Field<Fields>) =>
  stored('document', 'EC2_ITEM', record({ ...envelope, fields }, 'form', 'fields'))

/** The items of a kind, as a collection that can be read together with other things. */
export interface Items<Fields> extends Collection<Item<Fields>> {
  /** Reads the documents that those of the account are in. */
  readonly pool: ReadCall<Document>
  /** The items in documents, the oldest first. */
  in(documents: Iterable<Document>, asking: Owner): Item<Fields>[]
  /** The calls that make items of what there is into what there shall be. @throws Ec2Error for what cannot be kept */
  calls(before: readonly Item<Fields>[], after: readonly Item<Fields>[], owner: Owner): WriteCall[]
}

/** Whose items are looked at. */
type Owner = Pick<Asking, 'account' | 'mint'>

/** The items of a kind. */
export function items<Fields>(kind: ItemKind<Fields>): Items<Fields> {
  const { resource, taken, most } = kind
  const codec = codecOf(kind)
  const pool = documentPool({ type: resource.documents })
  const viewed = (documents: Iterable<Document>, asking: Owner) => itemsIn(documents, codec, asking)
  const calls: Items<Fields>['calls'] = (before, after, owner) => callsFor(before, after, codec, owner)
  const members = collection<Item<Fields>>({
    resource,
    lock: `items:${resource.kind}`,
    lockOf: id => `item:${id}`,
    read: async asking => viewed(await held(asking.one.stream(pool)), asking),
    write: calls,
    claims: itemClaims(resource.documents),
    ...(taken && { taken }),
    ...(most && { most }),
    checkId: id => {
      parseId(resource, id)
    },
    listed: { document: (document, context) => viewed([document], context) },
  })
  return { ...members, pool, in: viewed, calls }
}

/** As many of the documents as may be held at a time: whoever owns them may have any number, of any size. */
async function held(documents: AsyncIterable<Document>): Promise<Document[]> {
  const some: Document[] = []
  let left: number = limits.itemsHeld.most
  for await (const document of documents) {
    left -= textOf(document.TEMPLATE, 'EC2_ITEM')?.length ?? 0
    if (left < 0) break
    some.push(document)
  }
  return some
}

/** Between items and what is written in documents. */
interface Codec<Fields> {
  readonly resource: ItemKind<Fields>['resource']
  /** What a document has of an item; undefined for what a later release wrote, or another hand. */
  readonly read: (template: Document['TEMPLATE']) => Pick<Item<Fields>, 'name' | 'fields'> | undefined
  /** @throws Ec2Error InvalidParameterValue for what cannot be kept */
  readonly write: (item: Item<Fields>) => string
}

function codecOf<Fields>({ resource, fields, upgrades = [] }: ItemKind<Fields>): Codec<Fields> {
  const today = upgrades.length + 1
  const found = itemRecords(anything)
  const kept = itemRecords(fields)
  return {
    resource,
    read(template) {
      const { form, name, fields: before } = found.read(template) ?? { form: today + 1 }
      // What a later release wrote waits for it
      if (form > today) return undefined
      const known = valid(
        fields,
        upgrades.slice(form - 1).reduce((earlier, upgrade) => upgrade(earlier), before),
      )
      return known === undefined ? undefined : { name, fields: known }
    },
    write: item => kept.write({ form: today, name: item.name, fields: item.fields }),
  }
}

/** The account's items of a kind: in documents of its own that carry an id which was made for it. */
function itemsIn<Fields>(
  documents: Iterable<Document>,
  { resource, read }: Codec<Fields>,
  { account, mint }: Owner,
): Item<Fields>[] {
  const byId = new Map<string, Item<Fields>>()
  for (const { ID, UID, TYPE, TEMPLATE } of [...documents].sort((a, b) => a.ID - b.ID)) {
    if (TYPE !== resource.documents || !isOwn({ UID }, { account })) continue
    const id = mint.sealedOn(resource, { ID, UID, EC2_ID: textOf(TEMPLATE, 'EC2_ID') })
    const item = id === undefined ? undefined : read(TEMPLATE)
    if (id === undefined || !item) continue
    const { numbers = [], ...oldest } = byId.get(id) ?? { ...item, id, tags: decodeTags(TEMPLATE) }
    byId.set(id, { ...oldest, numbers: [...numbers, ID] })
  }
  return [...byId.values()]
}

/** What makes items of what there is into what there shall be: those that are new, those that have changed, those that go. */
function callsFor<Fields>(
  before: readonly Item<Fields>[],
  after: readonly Item<Fields>[],
  codec: Codec<Fields>,
  owner: Owner,
): WriteCall[] {
  const known = new Map(before.map(item => [item.id, item]))
  const staying = new Set(after.map(({ id }) => id))
  const gone = before.filter(({ id }) => !staying.has(id))
  return [
    ...after.flatMap(item => {
      const was = known.get(item.id)
      if (item === was) return []
      return was?.numbers ? change(was, item, codec) : allocate(item, codec, owner)
    }),
    ...gone.flatMap(({ numbers = [] }) => numbers.map(number => remove('document', number))),
  ]
}

const allocate = <Fields>(item: Item<Fields>, { resource, write }: Codec<Fields>, { account, mint }: Owner) =>
  allocateDocument(resource.documents, {
    NAME: item.id,
    EC2_ID: mint.attribute(item.id, account.user.id),
    EC2_ITEM: write(item),
    ...(item.tags.size > 0 && { EC2_TAGS: encodeTags(item.tags) }),
  })

/** Tags are an attribute of their own: who changes them does not write over what else of the item changes. */
function change<Fields>(before: Item<Fields>, item: Item<Fields>, { write }: Codec<Fields>): WriteCall[] {
  const data: Written<'document'> = {
    ...(item.fields !== before.fields && { EC2_ITEM: write(item) }),
    ...(item.tags !== before.tags && { EC2_TAGS: encodeTags(item.tags) }),
  }
  const [number] = before.numbers ?? []
  return number === undefined || Object.keys(data).length === 0 ? [] : [merge('document', number, data)]
}
