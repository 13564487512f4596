// The dialog of an operation: what it will do, what it has to know, the same as a command, and what went wrong with it.
import { useEffect, useRef, useState } from 'hono/jsx/dom'
import { texts } from '../texts.ts'
import { Dialog } from '../ui/dialog.tsx'
import { type Fields, initialValues, type Values } from '../ui/fields.ts'
import { FormFields, type Mistakes, mistakesIn } from '../ui/form.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import type { Child, Element } from '../ui/types.ts'
import { Command } from './command.tsx'
import type { Operation, Resource } from './definition.ts'
import { type Outcome, perform } from './perform.ts'

const NO_FIELDS: Fields = {}
const NO_MISTAKES: Mistakes = {}

interface Props<Item> {
  readonly resource: Resource<Item>
  readonly operation: Operation<Item>
  readonly items: readonly Item[]
  readonly close: () => void
}

export function OperationDialog<Item>({ resource, operation, items, close }: Props<Item>): Element {
  // As they were when it was opened: what changes behind it does not change what is asked
  const [about] = useState(items)
  const [fields] = useState(() => operation.fields?.(about) ?? NO_FIELDS)
  const [values, setValues] = useState<Values>(() => initialValues(fields))
  const [isTried, setTried] = useState(false)
  const [error, setError] = useState<unknown>(undefined)
  const [isRunning, setRunning] = useState(false)
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined)
  const form = useRef<HTMLFormElement>(null)

  const submit = async () => {
    setTried(true)
    if (Object.keys(mistakesIn(fields, values)).length > 0) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus())
      return
    }
    setRunning(true)
    setError(undefined)
    try {
      const came = await perform(resource, operation, values, about)
      if (operation.result) setOutcome(came)
      else close()
    } catch (reason) {
      setError(reason)
    } finally {
      setRunning(false)
    }
  }

  const title = operation.title(about)
  if (outcome) {
    return (
      <Dialog title={title} close={close}>
        <div class="body">{operation.result?.(outcome.values, outcome.answers)}</div>
        <footer>
          <button type="button" class="primary" onClick={close}>
            {texts.ui.close}
          </button>
        </footer>
      </Dialog>
    )
  }
  return (
    <Dialog title={title} close={close} wide={operation.fields !== undefined}>
      <form
        ref={form}
        noValidate
        onSubmit={event => {
          event.preventDefault()
          if (!isRunning) void submit()
        }}
      >
        <div class="body">
          <About operation={operation} items={about} />
          <FormFields
            fields={fields}
            values={values}
            mistakes={isTried ? mistakesIn(fields, values) : NO_MISTAKES}
            change={setValues}
          />
          <Command calls={operation.calls(values, about)} />
        </div>
        <footer>
          {error !== undefined && <ErrorNotice error={error} />}
          <button type="button" onClick={close}>
            {texts.ui.cancel}
          </button>
          <button type="submit" class={operation.destroys ? 'danger' : 'primary'} aria-disabled={isRunning}>
            {isRunning ? texts.operation.running : operation.label}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}

/** What it will do; where that has to be asked for, it is said when it is known. */
function About<Item>({ operation, items }: Pick<Props<Item>, 'operation' | 'items'>): Element | null {
  const [told, setTold] = useState<{ readonly child?: Child; readonly error?: unknown }>({})
  useEffect(() => {
    const tellIt = async () => setTold({ child: await operation.about?.(items) })
    tellIt().catch((error: unknown) => setTold({ error }))
  }, [])
  if (!operation.about) return null
  if (told.error !== undefined) return <ErrorNotice error={told.error} />
  const child = told.child ?? texts.ui.loading
  return <div aria-live="polite">{typeof child === 'string' ? <p>{child}</p> : child}</div>
}
