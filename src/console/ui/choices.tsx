// What a field offers to choose from: known, asked for, or not to be had, and then asked for again.
import { useEffect, useState } from 'hono/jsx/dom'
import { texts } from '../texts.ts'
import type { Choice, ChoiceField, ManyField, Values } from './fields.ts'
import { ErrorNotice } from './notice.tsx'
import type { Element } from './types.ts'

interface Offered {
  /** Undefined as long as they are asked for. */
  readonly choices: readonly Choice[] | undefined
  /** Why they are not known. */
  readonly error?: unknown
}

/** The choices of a field, and how they are asked for once more. @param id where the visitor is then */
export function useChoices(
  { choices, after = [] }: ChoiceField | ManyField,
  values: Values,
  id: string,
): Offered & { readonly retry: () => void } {
  const [found, setFound] = useState<Offered>({ choices: typeof choices === 'function' ? undefined : choices })
  const [times, setTimes] = useState(0)
  useEffect(() => {
    if (typeof choices !== 'function') return
    let isWanted = true
    setFound({ choices: undefined })
    choices(values).then(
      given => {
        if (!isWanted) return
        setFound({ choices: given })
        // The button that was pressed is gone
        if (times > 0) requestAnimationFrame(() => document.getElementById(id)?.focus())
      },
      (error: unknown) => isWanted && setFound({ choices: undefined, error }),
    )
    return () => {
      isWanted = false
    }
  }, [times, ...after.map(name => values[name])])
  return { ...found, retry: () => setTimes(times + 1) }
}

/** In place of choices that could not be asked for. */
export function NotLoaded({ error, retry }: Pick<Offered, 'error'> & { readonly retry: () => void }): Element {
  return (
    <>
      <p class="hint">{texts.form.notLoaded}</p>
      <ErrorNotice error={error} retry={retry} />
    </>
  )
}
