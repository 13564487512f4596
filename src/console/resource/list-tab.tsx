// A tab with a list of its own: of what belongs to an item, with what can be done with that.
import type { Element } from '../ui/types.ts'
import type { Resource, Tab } from './definition.ts'
import { Listed } from './list-page.tsx'
import { Operations } from './operations.tsx'

/** @param of the list of what belongs to an item; it is made once for each */
export function listTab<Item, Row>(
  key: string,
  label: string,
  of: (id: string, item: Item) => Resource<Row>,
): Tab<Item> {
  const known = new Map<string, Resource<Row>>()
  const content: Tab<Item>['content'] = ({ id, item }) => {
    const resource = known.get(id) ?? of(id, item)
    known.set(id, resource)
    return <Belonging resource={resource} />
  }
  // The list shows its own
  return { key, label, content, calls: () => [] }
}

const Belonging = <Row,>({ resource }: { resource: Resource<Row> }): Element => (
  <>
    <Operations resource={resource} operations={resource.creations ?? []} items={[]} areCreations />
    <Listed resource={resource} />
  </>
)
