// What follows from a document and from nothing else is made once, and kept for as long as the document is remembered.
import { isLasting, makeLast } from '../../lib/lasting.ts'
import type { Context } from './context.ts'

/** What may flow in besides: who looks, how the operator has set the region, and the time, by which nothing is kept. */
export type Viewer = Pick<Context, 'account' | 'settings' | 'mint' | 'now'>

/** The least of it. */
type Looking = Omit<Viewer, 'settings'> & { readonly settings?: Viewer['settings'] }

interface Kept<Result> {
  readonly user: number
  readonly settings: Viewer['settings'] | undefined
  readonly result: Result
}

/**
 * Makes something of a document, or of what follows from one: the same object again where it lasts and the same user looks.
 * @param make asks the viewer for everything that is not in the source; its result is never changed
 */
export function following<Source extends object, Result extends object, V extends Looking = Viewer>(
  make: (source: Source, viewer: V) => Result,
): (source: Source, viewer: V) => Result {
  const made = new WeakMap<Source, Kept<Result>>()
  return (source, viewer) => {
    if (!isLasting(source)) return make(source, viewer)
    const { account, settings } = viewer
    const user = account.user.id
    const kept = made.get(source)
    if (kept?.user === user && kept.settings === settings) return kept.result
    let isTimed = false
    const now = () => {
      isTimed = true
      return viewer.now()
    }
    const result = make(source, { ...viewer, now })
    if (!isTimed) {
      makeLast(result)
      made.set(source, { user, settings, result })
    }
    return result
  }
}
