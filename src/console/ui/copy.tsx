// Text to be copied, with a button that does it.
import { useState } from 'hono/jsx/dom'
import { texts } from '../texts.ts'
import { tell } from './toast.tsx'
import type { Element } from './types.ts'

export function CopyButton({ text, label = texts.ui.copy }: { text: string; label?: string }): Element {
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    tell(texts.ui.copied)
  }
  return (
    <button type="button" class="small" onClick={() => void copy()}>
      {label}
    </button>
  )
}

/** Text as it is, which may be long: it is to be scrolled by the keyboard, too. */
export const Verbatim = ({ children }: { children: string }): Element => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard
  <pre tabIndex={0}>{children}</pre>
)

/** A command to be pasted into a shell. Folded: it is for those who look for it. */
export function CommandLine({ lines }: { lines: readonly string[] }): Element {
  const [isOpen, setOpen] = useState(false)
  const text = lines.join('\n')
  return (
    <details
      class="cli"
      open={isOpen}
      onToggle={(event: Event) => setOpen(event.target instanceof HTMLDetailsElement && event.target.open)}
    >
      <summary>{texts.ui.commandLine}</summary>
      <Verbatim>{text}</Verbatim>
      <CopyButton text={text} />
    </details>
  )
}
