// The buttons of what can be done with some items, or to make one: they ask first where there is something to ask.
import { useState } from 'hono/jsx/dom'
import { warn } from '../ui/toast.tsx'
import type { Element } from '../ui/types.ts'
import type { Operation, Resource } from './definition.ts'
import { OperationDialog } from './operation-dialog.tsx'
import { errorText, perform } from './perform.ts'

interface Props<Item> {
  readonly resource: Resource<Item>
  readonly operations: readonly Operation<Item>[]
  readonly items: readonly Item[]
  /** Whether they make new items, and need none. */
  readonly areCreations?: boolean
}

export function Operations<Item>({ resource, operations, items, areCreations = false }: Props<Item>): Element {
  const [open, setOpen] = useState<Operation<Item> | undefined>(undefined)
  const isOffered = ({ applies, many }: Operation<Item>) =>
    areCreations || (items.length > 0 && (many || items.length === 1) && items.every(item => applies?.(item) ?? true))
  const begin = (operation: Operation<Item>) => {
    if (operation.about || operation.fields) setOpen(operation)
    else perform(resource, operation, {}, items).catch((error: unknown) => warn(errorText(error)))
  }
  return (
    <div class="operations">
      {operations.map(operation => (
        <button
          type="button"
          key={operation.key}
          class={areCreations ? 'primary' : operation.destroys ? 'danger' : ''}
          disabled={!isOffered(operation)}
          onClick={() => begin(operation)}
        >
          {operation.label}
        </button>
      ))}
      {open && <OperationDialog resource={resource} operation={open} items={items} close={() => setOpen(undefined)} />}
    </div>
  )
}
