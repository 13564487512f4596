// Values as people read them: times in their zone, sizes in GiB, states with a colour and a word.
import type { Child, Element } from './types.ts'

const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const NUMBER = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

/** What stands where there is nothing. */
export const NONE = '–'

export const numberText = (number: number): string => NUMBER.format(number)

/** A size, from GiB. */
export function sizeText(gib: number): string {
  if (gib >= 1024) return `${NUMBER.format(gib / 1024)} TiB`
  return gib === 0 || gib >= 1 ? `${NUMBER.format(gib)} GiB` : `${NUMBER.format(gib * 1024)} MiB`
}

/** A size, from bytes. */
export function bytesText(bytes: number): string {
  return bytes >= 2 ** 20 ? sizeText(bytes / 2 ** 30) : `${NUMBER.format(bytes / 2 ** 10)} KiB`
}

/** How long something takes, in words of no more than two units. @param seconds */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** A time in the visitor's zone; the exact one when pointed at. */
export function Time({ at }: { at: Date | undefined }): Element {
  if (!at || Number.isNaN(at.getTime())) return <span>{NONE}</span>
  const iso = at.toISOString()
  return (
    <time dateTime={iso} title={iso}>
      {DATE.format(at)}
    </time>
  )
}

/** How a state is to be seen: as good, as on its way, as over, or as bad. */
export type Mood = 'good' | 'busy' | 'idle' | 'bad'

/** States of EC2's resources that mean the same wherever they occur; all others are `idle`. */
const MOODS: Readonly<Record<string, Mood>> = {
  ...{ running: 'good', available: 'good', 'in-use': 'good', completed: 'good', active: 'good', attached: 'good' },
  ...{ pending: 'busy', stopping: 'busy', 'shutting-down': 'busy', creating: 'busy', deleting: 'busy' },
  ...{ attaching: 'busy', detaching: 'busy', modifying: 'busy', optimizing: 'busy', rebooting: 'busy' },
  ...{ error: 'bad', failed: 'bad', invalid: 'bad', impaired: 'bad' },
}

export const moodOf = (state: string): Mood => MOODS[state.toLowerCase()] ?? 'idle'

/** A state: a word, and a mark that is no more than that. */
export function Status({ state }: { state: string | undefined }): Element {
  return state ? <span class={`status ${moodOf(state)}`}>{state}</span> : <span>{NONE}</span>
}

/** Text of a machine: ids, addresses, keys. */
export const Code = ({ children }: { children?: Child }): Element => <code>{children}</code>
