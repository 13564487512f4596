// Deleting, releasing: each item by a call of its own, after it was said what is lost, until it is gone.
import type { Call } from '../api/client.ts'
import { texts } from '../texts.ts'
import type { Child, Element } from '../ui/types.ts'
import { type Operation, operation } from './definition.ts'

interface Removal<Item> {
  readonly words: {
    /** `volumes` */
    readonly many: string
    /** What is lost by it. */
    readonly lost: string
  }
  readonly verb?: keyof typeof texts.removal
  readonly idOf: (item: Item) => string
  readonly call: (item: Item) => Call
  readonly applies?: (item: Item) => boolean
  /** What there is to know of these items besides. */
  readonly about?: (items: readonly Item[]) => Promise<Child>
}

export function removal<Item>(of: Removal<Item>): Operation<Item> {
  const { verb = 'delete', idOf, applies, about } = of
  const { many, lost } = of.words
  const said = texts.removal[verb]
  const ids = (items: readonly Item[]) => items.map(idOf)
  const warning = (items: readonly Item[], more?: Child): Element => (
    <>
      <p>
        <strong>{said.about(ids(items), many)}</strong>
      </p>
      <p>{lost}</p>
      {more}
    </>
  )
  return operation<Item>({
    key: verb,
    label: said.label,
    title: () => said.title(many),
    destroys: true,
    many: true,
    ...(applies && { applies }),
    about: items => about?.(items).then(more => warning(items, more)) ?? warning(items),
    calls: (_, items) => items.map(of.call),
    done: (_, items) => said.done(ids(items), many),
    until: item => item === undefined,
    reached: (_, items) => said.reached(ids(items), many),
  })
}
