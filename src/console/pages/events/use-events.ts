// Events as a component asks for them: a page, and what comes after it.
import { useEffect, useState } from 'hono/jsx/dom'
import { type AccountEvent, lookup, type Question } from './lookup.ts'

export interface Found {
  /** Undefined as long as they are asked for. */
  readonly events: readonly AccountEvent[] | undefined
  readonly error: unknown
  /** Asks for more of them, where there are more. */
  readonly more: (() => void) | undefined
  readonly again: () => void
}

interface Known {
  readonly events?: readonly AccountEvent[]
  readonly next?: string | undefined
  readonly error?: unknown
}

/** Asks, and again when the question is another one. */
export function useEvents(question: Question): Found {
  const [known, setKnown] = useState<Known>({})
  const [times, setTimes] = useState(0)
  const asked = JSON.stringify(question)
  useEffect(() => {
    const stop = new AbortController()
    setKnown({})
    lookup(question, undefined, stop.signal).then(
      setKnown,
      (error: unknown) => stop.signal.aborted || setKnown({ error }),
    )
    return () => stop.abort()
  }, [asked, times])
  const { events, next, error } = known
  const more = () => {
    lookup(question, next).then(
      page => setKnown({ events: [...(events ?? []), ...page.events], next: page.next }),
      (reason: unknown) => setKnown({ ...known, error: reason }),
    )
  }
  return { events, error, more: next === undefined ? undefined : more, again: () => setTimes(times + 1) }
}
