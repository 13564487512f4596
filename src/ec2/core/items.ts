// Items: the members of collections that are kept as OpenNebula documents of their owner, each in one of its own.
//
// A document's NAME is the item's id, as every object's that the facade makes. OpenNebula takes a name for several
// documents: of those of one name the oldest is the item, and the others go with it, or before.

import { merge, remove, type WriteCall } from '../../opennebula/calls/common.ts'
import { allocateDocument, documentPool } from '../../opennebula/calls/document.ts'
import type { Document } from '../../opennebula/documents.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { TemplateData } from '../../opennebula/xml/template.ts'
import type { Ec2Error } from '../../protocol/errors.ts'
import { type Collection, collection, type Member, type Store } from './collections.ts'
import type { Context } from './context.ts'
import { isMinted, parseId } from './ids.ts'
import { itemClaims } from './item-task.ts'
import { decodeTags, encodeTags, type Field, record, stored, text, valid, whole } from './record.ts'
import type { Resource } from './resource.ts'
import { isOwn } from './trust.ts'

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
}

/** An item. */
export interface Item<Fields> extends Member {
  readonly fields: Fields
  /** OpenNebula numbers of its documents, the oldest first; absent of one that is yet to be made. */
  readonly numbers?: readonly [number, ...number[]]
}

const anything: Field<unknown> = value => value

/** How an item is kept, whatever its kind: in which form, and what it is called. */
const envelope = { form: whole(1, 1000), name: text(256) }

/** The items of a kind. */
export const items = <Fields>(kind: ItemKind<Fields>): Collection<Item<Fields>> => collection(itemStore(kind))

function itemStore<Fields>({ resource, fields, upgrades = [], taken }: ItemKind<Fields>): Store<Item<Fields>> {
  const form = upgrades.length + 1
  const found = stored('EC2_ITEM', record({ ...envelope, fields: anything }, 'form', 'fields'))
  const kept = stored('EC2_ITEM', record({ ...envelope, fields }, 'form', 'fields'))
  const written = ({ name, fields: inItem }: Item<Fields>) => kept.write({ form, name, fields: inItem })

  /** A document as an item; undefined for what is none of the account's, and for what another form or another hand wrote. */
  const viewed = (document: Document, { account, mint }: Pick<Context, 'account' | 'mint'>) => {
    const { ID, UID, TYPE, TEMPLATE } = document
    if (TYPE !== resource.documents || !isOwn(document, { account })) return undefined
    const id = mint.idOf(resource, { ID, UID, EC2_ID: textOf(TEMPLATE, 'EC2_ID') })
    const item = isMinted(id) ? found.read(TEMPLATE) : undefined
    // What a later release wrote waits for it
    if (item === undefined || item.form > form) return undefined
    const known = valid(
      fields,
      upgrades.slice(item.form - 1).reduce((before, upgrade) => upgrade(before), item.fields),
    )
    return known === undefined ? undefined : { id, name: item.name, tags: decodeTags(TEMPLATE), fields: known }
  }

  const allocated = (item: Item<Fields>, { mint, account }: Pick<Context, 'account' | 'mint'>): WriteCall =>
    allocateDocument(resource.documents, {
      NAME: item.id,
      EC2_ID: mint.attribute(item.id, account.user.id),
      EC2_ITEM: written(item),
      ...(item.tags.size > 0 && { EC2_TAGS: encodeTags(item.tags) }),
    })

  const changed = (before: Item<Fields>, item: Item<Fields>): WriteCall[] => {
    const data: TemplateData = {
      ...((item.fields !== before.fields || item.name !== before.name) && { EC2_ITEM: written(item) }),
      ...(item.tags !== before.tags && { EC2_TAGS: encodeTags(item.tags) }),
    }
    const [number] = before.numbers ?? []
    return number === undefined || Object.keys(data).length === 0 ? [] : [merge('document', number, data)]
  }

  return {
    resource,
    lock: `items:${resource.kind}`,
    lockOf: id => `item:${id}`,
    async read(asking) {
      const byId = new Map<string, Item<Fields>>()
      // The pool comes newest first
      for await (const document of asking.one.stream(documentPool({ type: resource.documents }))) {
        const item = viewed(document, asking)
        if (item) byId.set(item.id, { ...item, numbers: [document.ID, ...(byId.get(item.id)?.numbers ?? [])] })
      }
      return [...byId.values()].toReversed()
    },
    write(before, after, asking) {
      const known = new Map(before.map(item => [item.id, item]))
      const staying = new Set(after.map(({ id }) => id))
      const gone = before.filter(({ id }) => !staying.has(id))
      return [
        ...after.flatMap(item => {
          const was = known.get(item.id)
          return was ? changed(was, item) : allocated(item, asking)
        }),
        ...gone.flatMap(({ numbers = [] }) => numbers.map(number => remove('document', number))),
      ]
    },
    claims: itemClaims(resource.documents),
    ...(taken && { taken }),
    checkId: id => {
      parseId(resource, id)
    },
    listed: {
      document: (document, context) => {
        const item = viewed(document, context)
        return item ? [item] : []
      },
    },
  }
}
