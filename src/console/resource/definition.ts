// What a page of a resource is made of, as data: what lists it, its columns, what can be done with it, and what is told of one.
import type { Api, Call } from '../api/client.ts'
import type { Fields, ValuesOf } from '../ui/fields.ts'
import type { Child, Element } from '../ui/types.ts'
import type { Listing } from './listing.ts'

/** How a value of a column is shown. */
export type As = 'text' | 'code' | 'status' | 'time' | 'gib' | 'bytes' | 'number'

export interface Column<Item> {
  readonly key: string
  readonly label: string
  readonly value: (item: Item) => string | number | boolean | Date | undefined
  readonly as?: As
  /** The page of what it names, where it has one. */
  readonly link?: string
  /** Whether the list can be narrowed by it: a few values that many items have. */
  readonly filters?: boolean
  /** Whether it is not shown in the list, but searched. */
  readonly isHidden?: boolean
}

/** Something that can be done: with items, or to make one. */
export interface Operation<Item, F extends Fields = Fields> {
  readonly key: string
  readonly label: string
  /** What the dialog is called, where there is one. */
  readonly title: (items: readonly Item[]) => string
  /** Whether something is lost by it: it asks before, and says so. */
  readonly destroys?: boolean
  /** For which items it can be done; for any where it is absent. */
  readonly applies?: (item: Item) => boolean
  /** Whether it can be done for several at a time. */
  readonly many?: boolean
  /** What it will do, in words; asks the API where it must. With it, or with fields, there is a dialog. */
  readonly about?: (items: readonly Item[]) => Child | Promise<Child>
  readonly fields?: (items: readonly Item[]) => F
  /** What is not known before it is done, and not shown: such as a key that is made here. */
  prepare?(values: ValuesOf<F>): Promise<ValuesOf<F>>
  /** The calls, one after the other; shown as lines of the AWS CLI, too. */
  calls(values: ValuesOf<F>, items: readonly Item[]): readonly Call[]
  /** What is said when the calls are answered. */
  done(values: ValuesOf<F>, items: readonly Item[]): string
  /** What is shown before the dialog is closed, where there is something to be kept. */
  result?(values: ValuesOf<F>, answers: readonly unknown[]): Child
  /** The ids of what came of it, from the answers. */
  readonly made?: (answers: readonly unknown[]) => readonly string[]
  /** As whom it is done, where that is not the visitor as signed in. */
  as?(values: ValuesOf<F>): Api | undefined
  /** What it is waited for afterwards, of every item, or of all that came of it; an item that is gone is undefined. */
  readonly until?: (item: Item | undefined) => boolean
  /** What it is waited for where something of another kind came of it; whether it is there in time. */
  readonly wait?: (ids: readonly string[]) => Promise<boolean>
  /** What is said then. */
  readonly reached?: (ids: readonly string[], items: readonly Item[]) => string
}

/** Makes an operation of its fields: what they are decides what its calls are made of. */
export const operation = <Item, F extends Fields = Record<never, never>>(made: Operation<Item, F>): Operation<Item> =>
  made

/** What is told of one item under a name. */
export interface Tab<Item> {
  readonly key: string
  readonly label: string
  readonly content: (props: {
    readonly item: Item
    readonly id: string
    readonly refresh: () => void
  }) => Element | null
  /** What it asks for, to be shown as a command; the item itself where it is absent. */
  readonly calls?: (id: string) => readonly Call[]
}

/** A view of a list that asks for something else: own images, public ones. */
export interface View<Item> {
  readonly key: string
  readonly label: string
  readonly list: Listing<Item>
}

export interface ResourceTexts {
  /** Of the page, and in the navigation: `Key pairs`. */
  readonly title: string
  /** `key pair` */
  readonly one: string
  /** `key pairs` */
  readonly many: string
  /** What it is good for and what to do first, where there is none. */
  readonly empty: string
  /** What is to be known of all of them, where that is not what one expects. */
  readonly note?: string
}

/** A page with a list, and a page of each item. */
export interface Resource<Item> {
  /** The first step of its addresses: `#/key-pairs/…`. */
  readonly path: string
  readonly texts: ResourceTexts
  readonly list: Listing<Item>
  readonly views?: readonly View<Item>[]
  /** What its owner calls it, where that is not its id. */
  readonly nameOf?: (item: Item) => string | undefined
  readonly columns: readonly Column<Item>[]
  /** Whether it is in a state that passes by itself, and looked at every other second; by default, whether a column of status says so. */
  readonly isBusy?: (item: Item) => boolean
  /** What can be done with items. */
  readonly operations: readonly Operation<Item>[]
  /** What makes new ones. */
  readonly creations?: readonly Operation<Item>[]
  /** What is told of one; an item without any has no page. */
  readonly tabs: readonly Tab<Item>[]
}
