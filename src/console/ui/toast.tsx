// Short news at the edge of the window, which screen readers say: what is done, what went wrong behind the visitor's back.
import { texts } from '../texts.ts'
import { Store, useStore } from './store.ts'
import type { Element } from './types.ts'

interface Toast {
  readonly id: number
  readonly text: string
  readonly isBad: boolean
}

const toasts = new Store<readonly Toast[]>([])
let last = 0

/** For how long one is shown, in milliseconds; what went wrong stays until it is closed. */
const SHOWN = 8_000

const close = (id: number) => toasts.set(toasts.get().filter(toast => toast.id !== id))

function show(text: string, isBad: boolean): void {
  const id = ++last
  toasts.set([...toasts.get().slice(-3), { id, text, isBad }])
  if (!isBad) setTimeout(() => close(id), SHOWN)
}

/** Says that something is well. */
export const tell = (text: string): void => show(text, false)

/** Says that something went wrong. */
export const warn = (text: string): void => show(text, true)

/** Where they are shown: once, and always there, or nobody is told of the first. */
export function Toasts(): Element {
  const all = useStore(toasts)
  const region = (isBad: boolean) =>
    all
      .filter(toast => toast.isBad === isBad)
      .map(({ id, text }) => (
        <div class={isBad ? 'toast bad' : 'toast'} key={id}>
          <span>{text}</span>
          <button type="button" class="plain" aria-label={texts.ui.close} onClick={() => close(id)}>
            ×
          </button>
        </div>
      ))
  return (
    <div class="toasts">
      <div role="status">{region(false)}</div>
      <div role="alert">{region(true)}</div>
    </div>
  )
}
