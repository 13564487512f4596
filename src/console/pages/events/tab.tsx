// The tab of any resource: what happened to it.
import type { Tab } from '../../resource/definition.ts'
import { texts } from '../../texts.ts'
import { FoundEvents } from './table.tsx'

export const eventsTab = <Item,>(): Tab<Item> => ({
  key: 'events',
  label: texts.events.title,
  content: ({ id }) => (
    <FoundEvents question={{ LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: id }] }} />
  ),
  // It shows its own
  calls: () => [],
})
