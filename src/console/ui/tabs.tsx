// Tabs whose names are addresses: they can be linked to, and the browser goes back through them.
import type { Child, Element } from './types.ts'

export interface TabLink {
  readonly key: string
  readonly label: string
  readonly href: string
}

/** Links, of which one is where the visitor is, and what it shows. */
export function Tabs({
  label,
  tabs,
  current,
  children,
}: {
  label: string
  tabs: readonly TabLink[]
  current: string
  children?: Child
}): Element {
  return (
    <div>
      <nav class="tabs" aria-label={label}>
        {tabs.map(tab => (
          <a key={tab.key} href={tab.href} aria-current={tab.key === current ? 'page' : undefined}>
            {tab.label}
          </a>
        ))}
      </nav>
      <div class="tab">{children}</div>
    </div>
  )
}
