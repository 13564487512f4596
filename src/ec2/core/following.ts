// What follows from a document and from nothing else is made once, and kept for as long as the document is remembered.
import { isLasting, lastsWithText, makeLast } from '../../lib/lasting.ts'
import { standIns } from '../../lib/stand-ins.ts'
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
 * Reads something of a document that it says by itself, to whoever looks: once, where it lasts and is none of very many.
 * @param read gives what is never changed
 */
export function said<Source extends object, Result>(read: (source: Source) => Result): (source: Source) => Result {
  const known = new WeakMap<Source, { readonly result: Result }>()
  return source => {
    const before = known.get(source)
    if (before) return before.result
    const result = read(source)
    if (lastsWithText(source)) known.set(source, { result })
    return result
  }
}

/**
 * Makes something of a document, or of what follows from one: the same object again where it lasts and the same user looks.
 * @param make asks the viewer for everything that is not in the source; its result is never changed
 */
export const following = <Source extends object, Result extends object, V extends Looking = Viewer>(
  make: (source: Source, viewer: V) => Result,
): ((source: Source, viewer: V) => Result) => keeping(make, result => result)

/**
 * The same for items of lists. Where very many last, of each its text is kept, and who looks at it otherwise has it made anew: what
 * stands for it cannot go to another isolate, so that the answer to a change has what `make` makes.
 */
export function followingItem<Source extends object, Result extends object>(
  make: (source: Source, viewer: Viewer) => Result,
): (source: Source, viewer: Viewer) => Result {
  const standIn = standIns<Result>()
  return keeping(make, (result, source, { account, settings, mint, now }) =>
    // All of the viewer but the request
    lastsWithText(source) ? result : standIn(result, () => make(source, { account, settings, mint, now })),
  )
}

/** @param keep what of a result is kept and given */
function keeping<Source extends object, Result extends object, V extends Looking>(
  make: (source: Source, viewer: V) => Result,
  keep: (result: Result, source: Source, viewer: V) => Result,
): (source: Source, viewer: V) => Result {
  const made = new WeakMap<Source, Kept<Result>>()
  return (source, viewer) => {
    const { account, settings } = viewer
    const user = account.user.id
    const kept = made.get(source)
    if (kept?.user === user && kept.settings === settings) return kept.result
    if (!isLasting(source)) return make(source, viewer)
    let isTimed = false
    const now = () => {
      isTimed = true
      return viewer.now()
    }
    const result = make(source, { ...viewer, now })
    if (isTimed) return result
    const lasting = keep(result, source, viewer)
    makeLast(lasting, lastsWithText(source))
    made.set(source, { user, settings, result: lasting })
    return lasting
  }
}
