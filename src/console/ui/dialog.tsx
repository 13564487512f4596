// A dialog: the browser's own, which keeps the focus inside, closes on Escape, and gives the focus back.
import { useEffect, useId, useRef } from 'hono/jsx/dom'
import { texts } from '../texts.ts'
import type { Child, Element } from './types.ts'

export function Dialog({
  title,
  close,
  wide,
  children,
}: {
  title: string
  close: () => void
  wide?: boolean
  children?: Child
}): Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const opener = document.activeElement
    const shown = dialog.current
    shown?.showModal()
    return () => {
      // As long as it is open nothing behind it can have the focus
      shown?.close()
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
  const cancel = (event: Event) => {
    event.preventDefault()
    close()
  }
  return (
    <dialog ref={dialog} class={wide ? 'wide' : ''} aria-labelledby={id} onCancel={cancel}>
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="plain" aria-label={texts.ui.close} onClick={close}>
          ×
        </button>
      </header>
      {children}
    </dialog>
  )
}
